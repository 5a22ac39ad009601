-- Whoever leaves a group, or deletes their account, is nobody any more whom a view-once message waits for (messages/once-end.ts).
create index messages_once on messages (conversation_id, seq) where (extras -> 'viewOnce') is not null and unsent_at is null;

-- A group's scope goes with its member's end; from here on leaving does it.
delete from search_scopes s using members m
where m.conversation_id = s.scope_id and m.person_id = s.person_id and m.left_at is not null;
