-- Where a session's browser is told that something is new (Web Push). It is the session's: the row goes with it, however it ends.
create table push_subscriptions (
  person_id uuid not null,
  session_id uuid not null,
  id uuid not null,
  -- A browser belongs to who signed in on it last.
  endpoint text collate "C" not null unique,
  p256dh text collate "C" not null,
  auth text collate "C" not null,
  -- Deliveries that failed, one after the other, and until when none is tried.
  failures integer not null default 0,
  retry_at timestamptz,
  created_at timestamptz not null,
  primary key (person_id, session_id),
  foreign key (person_id, session_id) references sessions (person_id, id) on delete cascade
);

-- What a device shows, or was sent to show: one notification for each tag (a conversation, all requests).
create table push_shown (
  person_id uuid not null,
  session_id uuid not null,
  tag text collate "C" not null,
  -- The newest it tells of, in the order of what the tag stands for, and that one's last change.
  position bigint not null,
  change bigint not null,
  count integer not null,
  -- False from before it is sent until the push service has taken it.
  taken boolean not null,
  shown_at timestamptz not null,
  primary key (person_id, session_id, tag),
  foreign key (person_id, session_id) references push_subscriptions (person_id, session_id) on delete cascade
);

-- When a person's last digest was made; without an e-mail where nothing was unread.
create table digests (
  person_id uuid primary key,
  made_at timestamptz not null
);
create index people_with_digest on people (id) where settings->'notifications'->>'digest' in ('daily', 'weekly');
