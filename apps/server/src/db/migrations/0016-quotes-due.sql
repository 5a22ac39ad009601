-- A source that many quote: those of its quotes that the change of it did not take up itself (messages/quotes-due.ts).
create table quotes_due (
  conversation_id uuid not null,
  source_seq bigint not null,
  -- The source's last change of its words: quotes that changed after it are done.
  change bigint not null,
  -- They are gone through newest first, and these are next: those before this one. A pass that began before a later change of the
  -- source (`pass_change` is behind `change`) is followed by another.
  before_seq bigint not null,
  pass_change bigint not null,
  primary key (conversation_id, source_seq)
);

-- The newest of ten thousand quotes without reading the others.
create index messages_quoting_by_seq on messages (conversation_id, reply_to_seq, seq) where reply_to_seq is not null;
drop index messages_quoting;
