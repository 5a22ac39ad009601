-- Drafts that a send clears, who was seen last, and who is looking at what opens once.

-- Up to where it is known that its writer sent nothing after it: the inbox flush goes on from there.
alter table drafts add column checked_seq bigint not null default 0;
-- An empty draft stays as a row, so that an older one that arrives late does not come back.
create index drafts_kept on drafts (conversation_id) where text <> '' or reply_to_seq is not null;

-- When somebody who shows it (C8) was here, to the minute.
create table last_seen (
  person_id uuid not null primary key,
  at timestamptz not null
);

-- Who has opened a view-once message and may look at it until then, on the session that opened it (C19).
create table once_views (
  conversation_id uuid not null,
  seq bigint not null,
  person_id uuid not null,
  session_id uuid not null,
  expires_at timestamptz not null,
  primary key (conversation_id, seq, person_id)
);
create index once_views_by_end on once_views (expires_at);
