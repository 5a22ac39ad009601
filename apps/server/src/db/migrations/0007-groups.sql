-- Who added this member, as long as they have not accepted (R7); null for everybody else.
alter table members add column invited_by uuid;

-- What a client's id made (R13): creating again with it answers the same group. The person first, as it belongs to them.
create table groups_created (
  creator_id uuid not null,
  client_id text collate "C" not null,
  conversation_id uuid not null,
  -- Keyed hash of the people it was made with.
  fingerprint text collate "C" not null,
  created_at timestamptz not null,
  primary key (creator_id, client_id)
);
