-- Unsending finds a message by its id. Ids are given out in time order, so each insert goes to the end of its
-- conversation's part of the index, which costs the commit little.
create index messages_by_id on messages (conversation_id, id);
