-- Search in one's own messages (C18): derived from the log, made anew when it is lost, and in no backup.

-- Which message holds which term, newest last. The scope is the person for a direct conversation (a row for each of the two)
-- and the group's conversation for a group (one row for all members): looking into a million conversations is one range.
create table search_terms (
  scope_id uuid not null,
  term text collate "C" not null,
  at_ms bigint not null,
  conversation_id uuid not null,
  seq bigint not null,
  primary key (scope_id, term, at_ms, conversation_id, seq)
);
-- What a message has here goes in the transaction that takes it back, whatever made its terms.
create index search_terms_of_message on search_terms (conversation_id, seq);

-- The groups in which a person may find something; membership is asked again for every message found.
create table search_scopes (
  person_id uuid not null,
  scope_id uuid not null,
  primary key (person_id, scope_id)
);

-- How far a conversation is in the index.
create table search_progress (
  conversation_id uuid primary key,
  indexed_seq bigint not null
) with (fillfactor = 70);

-- Which terms are in it (search/terms.ts), and whether everything from before has been taken up. One row, once there is one.
create table search_state (
  version integer primary key,
  complete boolean not null
);
