/**
 * What every table is distributed by, and what would cross shards on a sharded PostgreSQL: the plan for the day when one is
 * too small (docs/scale.md). A new table gets its line here; `distribution.int.test.ts` insists.
 */

/** Rows of one family with the same value lie on the same shard. `everywhere`: small, a copy on each. */
export type Family = "person" | "conversation" | "medium" | "word" | "blob" | "limit" | "everywhere";

export const distribution: Record<string, { family: Exclude<Family, "everywhere">; column: string } | "everywhere"> = {
  meta: "everywhere",
  migrations: "everywhere",
  nodes: "everywhere",
  people: { family: "person", column: "id" },
  people_words: { family: "word", column: "word" },
  person_counters: { family: "person", column: "person_id" },
  sessions: { family: "person", column: "person_id" },
  emails: { family: "person", column: "person_id" },
  email_tokens: { family: "person", column: "person_id" },
  follows: { family: "person", column: "follower_id" },
  blocks: { family: "person", column: "blocker_id" },
  inbox: { family: "person", column: "person_id" },
  used_tickets: { family: "person", column: "person_id" },
  open_sockets: { family: "person", column: "person_id" },
  rate_counts: { family: "limit", column: "key" },
  groups_created: { family: "person", column: "creator_id" },
  conversations: { family: "conversation", column: "id" },
  members: { family: "conversation", column: "conversation_id" },
  messages: { family: "conversation", column: "conversation_id" },
  message_versions: { family: "conversation", column: "conversation_id" },
  quotes_due: { family: "conversation", column: "conversation_id" },
  hidden_messages: { family: "person", column: "person_id" },
  push_subscriptions: { family: "person", column: "person_id" },
  push_shown: { family: "person", column: "person_id" },
  digests: { family: "person", column: "person_id" },
  drafts: { family: "person", column: "person_id" },
  last_seen: { family: "person", column: "person_id" },
  once_views: { family: "conversation", column: "conversation_id" },
  // A person, or a group's conversation: found in one of them.
  search_terms: { family: "person", column: "scope_id" },
  search_scopes: { family: "person", column: "person_id" },
  search_progress: { family: "conversation", column: "conversation_id" },
  search_state: "everywhere",
  link_previews: { family: "person", column: "owner_id" },
  message_media: { family: "conversation", column: "conversation_id" },
  // The message's conversation, or the medium: the shard of the transaction that erases.
  erasures: { family: "conversation", column: "subject_id" },
  media: { family: "medium", column: "id" },
  renditions: { family: "medium", column: "media_id" },
  upload_pieces: { family: "medium", column: "media_id" },
  blob_deletions: { family: "blob", column: "blob_key" },
};

/**
 * Where a statement reaches a table by something else than its key. Named `table by columns`; docs/scale.md says under the
 * same name what would replace it. "always": also in what a server does all the time. "rounds": a timer's, on a few rows,
 * which a test may see or not.
 */
export const unkeyed: Record<string, { reason: string; when: "always" | "sometimes" | "rounds" }> = {
  "sessions by token_hash": { reason: "a bearer or cookie says nothing about whose it is", when: "always" },
  "message_media by media_id": { reason: "who may see a photo: which messages show it", when: "always" },
  "people by picture_media_id": { reason: "who may see a photo: whether it is somebody's picture", when: "always" },
  "conversations by low_id, high_id": { reason: "the conversation of two people", when: "sometimes" },
  "people by username": { reason: "somebody by name: signing in, a link to a profile", when: "sometimes" },
  "push_subscriptions by endpoint": {
    reason: "a browser belongs to who signed in on it last",
    when: "sometimes",
  },
  "follows by followed_id": { reason: "somebody's followers", when: "sometimes" },
  "search_terms by seq, conversation_id": { reason: "what a message is found by goes with it", when: "sometimes" },
  "people_words by nothing": { reason: "search: words that begin so", when: "sometimes" },
  "people_words by person_id": { reason: "search: the other words of those found", when: "sometimes" },
  "link_previews by created_at": { reason: "previews that nobody sent", when: "rounds" },
  "blob_deletions by nothing": { reason: "the oldest bytes to delete", when: "rounds" },
  "erasures by nothing": { reason: "what is not in the ledger yet", when: "rounds" },
  "used_tickets by nothing": { reason: "tickets too old to be good", when: "rounds" },
  "rate_counts by nothing": { reason: "limits whose time is over", when: "rounds" },
  "messages by nothing": { reason: "messages whose time is over", when: "rounds" },
  "quotes_due by nothing": { reason: "quotes that are still to change with their source", when: "rounds" },
  "once_views by nothing": { reason: "looks at what opens once that are over", when: "rounds" },
  "drafts by conversation_id": {
    reason: "drafts that were sent, of the conversations that a flush writes",
    when: "always",
  },
  "drafts by reply_to_seq, conversation_id": { reason: "drafts that answer what went", when: "sometimes" },
  "open_sockets by node_id": { reason: "the sockets of a node that is gone", when: "rounds" },
};

/** Families that meet in one statement; named in docs/scale.md in the same words. */
export const crossings: Record<string, string> = {
  "conversation and person": "membership and settings with the conversation; inbox rows from the log",
  "medium and person": "a person's picture",
  "conversation and medium and person": "who may see a photo",
  "medium and person and word": "search by name, with pictures",
};
