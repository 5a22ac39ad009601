-- breaking: an older Sotto neither marks what it changes as changed nor knows what a message may hold now.
-- What happens to a message after it was sent, and what it may hold besides text and photos.

alter table messages
  -- It took a number of the conversation's changes after the one it was sent with (messages/history.ts).
  add column changed boolean not null default false,
  -- The message that this one answers: whoever quotes is told when the source changes.
  add column reply_to_seq bigint,
  add column pinned_at timestamptz,
  add column expires_at timestamptz,
  -- What few messages have, in the shape of messages/extras.ts; null for the others, and after unsend.
  add column extras jsonb;
update messages set changed = true where unsent_at is not null;
drop index messages_changed;
create index messages_changed on messages (conversation_id, change) where changed;
create index messages_quoting on messages (conversation_id, reply_to_seq) where reply_to_seq is not null;
create index messages_pinned on messages (conversation_id, seq) where pinned_at is not null;
create index messages_expiring on messages (expires_at) where expires_at is not null and unsent_at is null;

-- Earlier texts of an edited message (R17): for evidence, served to nobody, gone when it is unsent.
create table message_versions (
  conversation_id uuid not null,
  seq bigint not null,
  version integer not null,
  text text not null,
  written_at timestamptz not null,
  primary key (conversation_id, seq, version)
);

-- Deleted for oneself (R10), numbered for one's other devices: `inbox.hidden_count` is the last number.
create table hidden_messages (
  person_id uuid not null,
  conversation_id uuid not null,
  seq bigint not null,
  number integer not null,
  primary key (person_id, conversation_id, seq)
);
create unique index hidden_messages_by_number on hidden_messages (person_id, conversation_id, number);
alter table inbox add column hidden_count integer not null default 0;

-- What a person is writing; the later `written_at` wins (C17).
create table drafts (
  person_id uuid not null,
  conversation_id uuid not null,
  text text not null,
  reply_to_seq bigint,
  written_at timestamptz not null,
  primary key (person_id, conversation_id)
);

-- New messages go so long after they were sent (C19); null: they stay.
alter table conversations add column disappear_after_seconds integer;

-- What no hot statement reads, in the shape of people/settings.ts.
alter table people add column settings jsonb not null default '{}';
