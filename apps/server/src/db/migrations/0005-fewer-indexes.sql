-- breaking: an older Sotto writes ids that hold no seq.
-- A commit maintains two indexes of the log instead of four (decision 8).

-- A message's id holds its seq (message-id.ts), so it is found by the primary key. Earlier ids become such ids.
drop index messages_by_id;
update messages
set id = overlay(overlay(conversation_id::text placing '8' from 15 for 1)
  placing overlay(lpad(to_hex(seq), 12, '0') placing '-' from 9 for 0) from 1 for 13)::uuid;
-- Clients that hold the earlier ids start anew (R15).
delete from meta where key = 'epoch';

-- New messages are found by their seq; only those that changed afterwards are looked up by their change (messages/history.ts).
drop index messages_by_change;
create index messages_changed on messages (conversation_id, change) where unsent_at is not null;
