-- Several processes on one database.

-- Those that run now. A clean stop deletes its row; one that stays behind without a heartbeat is a crash, and whoever takes
-- the row away brings the inbox up to the log (R16). Times are the database's: the clocks of nodes may be wrong.
create table nodes (
  id uuid primary key,
  name text collate "C" not null,
  roles text[] not null,
  started_at timestamptz not null default now(),
  heartbeat_at timestamptz not null default now(),
  -- Its hints reach nobody: the others look into the database more often.
  bus_away boolean not null default false
);
-- Whoever ran before rows were written here may have crashed.
insert into nodes (id, name, roles, heartbeat_at)
values ('00000000-0000-0000-0000-000000000000', 'before', '{}', '-infinity');

-- Socket tickets are used once, whichever nodes they are shown to (T4); swept when they are too old to be good.
create table used_tickets (
  person_id uuid not null,
  nonce uuid not null,
  expires_at timestamptz not null,
  primary key (person_id, nonce)
);
create index used_tickets_by_expiry on used_tickets (expires_at);

-- How often, counted over all nodes (R25). Not logged: after a crash of the database, everybody begins anew.
create unlogged table rate_counts (
  key text collate "C" not null,
  name text collate "C" not null,
  used integer not null,
  ends_at timestamptz not null,
  primary key (key, name)
) with (fillfactor = 70);
create index rate_counts_by_end on rate_counts (ends_at);

-- Who is connected, and where. Not logged: each node writes its own again.
create unlogged table open_sockets (
  person_id uuid not null,
  connection_id uuid not null,
  node_id uuid not null,
  opened_at timestamptz not null default now(),
  primary key (person_id, connection_id)
);
create index open_sockets_by_node on open_sockets (node_id);
