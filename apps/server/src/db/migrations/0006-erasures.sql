-- What was erased and is not in the ledger outside the database yet (docs/decisions/0007): written in the transaction that
-- erases, gone once the ledger has it. Distributed by what it is about: a message's conversation, or the medium (seq 0).
-- A message is told by when it was sent as well: after a restore a sequence number may be given to another one.
create table erasures (
  subject_id uuid not null,
  seq bigint not null,
  made_at timestamptz not null,
  kind text collate "C" not null check (kind in ('message', 'medium')),
  erased_at timestamptz not null,
  primary key (subject_id, seq, made_at)
);
