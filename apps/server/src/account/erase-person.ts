/**
 * What is left of a person after their account is deleted (R18): a row without a name, so that whoever received something of
 * theirs still holds a message from somebody. `$1` is the person's id. Run in one transaction, by `delete.ts` and by a restore
 * that replays the ledger; running it again erases what came meanwhile. Every table that belongs to a person has its line here
 * (`account-delete.int.test.ts` insists).
 */
export const erasePersonStatements: readonly string[] = [
  "update people set deleted_at = now() where id = $1 and deleted_at is null",
  `update people set username = 'deleted-' || id, name = '', bio = '', links = '[]', picture_media_id = null, password_hash = '',
     who_may_message = 'no_one', keep_accepted_open = false, administrator = false, settings = '{}'
   where id = $1`,
  "delete from people_words where person_id = $1",
  "delete from follows where follower_id = $1",
  "delete from follows where followed_id = $1",
  "delete from blocks where blocker_id = $1",
  "delete from blocks where blocked_id = $1",
  "delete from sessions where person_id = $1",
  "delete from emails where person_id = $1",
  "delete from email_tokens where person_id = $1",
  "delete from drafts where person_id = $1",
  "delete from digests where person_id = $1",
  "delete from search_terms where scope_id = $1",
  "delete from search_scopes where person_id = $1",
  "delete from last_seen where person_id = $1",
  // What opens once, and waits for nobody else, goes with the round that ends looks (C19), and these rows with it.
  `insert into once_views (conversation_id, seq, person_id, session_id, expires_at)
   select m.conversation_id, m.seq, $1, gen_random_uuid(), now()
   from inbox i join messages m on m.conversation_id = i.conversation_id and (m.extras -> 'viewOnce') is not null and m.unsent_at is null
   where i.person_id = $1 and m.sender_id <> $1
   on conflict (conversation_id, seq, person_id) do update set expires_at = excluded.expires_at`,
  "update once_views set expires_at = now() where person_id = $1 and expires_at > now()",
  "delete from hidden_messages where person_id = $1",
  "delete from link_previews where owner_id = $1",
  "delete from groups_created where creator_id = $1",
  // A send that read its facts before decides again, and finds nobody who accepts (T8).
  `update conversations set policy_rev = policy_rev + 1
   where id in (select conversation_id from members where person_id = $1)`,
  // Out of every group; a direct conversation keeps both, for the other one.
  `update members m set left_at = now() from conversations c
   where c.id = m.conversation_id and c.kind = 'group' and m.person_id = $1 and m.left_at is null`,
  "delete from inbox where person_id = $1",
];
