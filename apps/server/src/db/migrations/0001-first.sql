-- The first schema. PostgreSQL 15's features only. Every table's key begins with what it is distributed by:
-- the person for what belongs to a person, the conversation for the log, the medium for media.

create table meta (
  key text collate "C" primary key,
  value text not null
);

-- People ------------------------------------------------------------------------------------------------------------

create table people (
  id uuid primary key,
  username text collate "C" not null unique,
  name text not null,
  bio text not null default '',
  links jsonb not null default '[]',
  picture_media_id uuid,
  password_hash text not null,
  who_may_message text collate "C" not null check (who_may_message in ('everyone', 'friends', 'no_one')),
  keep_accepted_open boolean not null default false,
  administrator boolean not null default false,
  created_at timestamptz not null
);

-- Username and name by their folded words: search matches where a word begins (see people/search-words.ts).
create table people_words (
  word text collate "C" not null,
  person_id uuid not null,
  primary key (word, person_id)
);
create index people_words_by_person on people_words (person_id);

-- Lists a person's changed conversations (R15): assigned under this row's lock, so commit order is counter order.
create table person_counters (
  person_id uuid primary key,
  counter bigint not null default 0
);

create table sessions (
  person_id uuid not null,
  id uuid not null,
  token_hash bytea not null unique,
  device text not null,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  primary key (person_id, id)
);

create table follows (
  follower_id uuid not null,
  followed_id uuid not null,
  created_at timestamptz not null,
  primary key (follower_id, followed_id)
);
create index follows_by_followed on follows (followed_id, created_at desc, follower_id desc);
create index follows_by_follower on follows (follower_id, created_at desc, followed_id desc);

create table blocks (
  blocker_id uuid not null,
  blocked_id uuid not null,
  created_at timestamptz not null,
  primary key (blocker_id, blocked_id)
);
create index blocks_by_blocked on blocks (blocked_id, blocker_id);

-- The log -----------------------------------------------------------------------------------------------------------

create table conversations (
  id uuid primary key,
  kind text collate "C" not null check (kind in ('direct', 'group')),
  -- A direct conversation's two people, in id order: there is one for each pair.
  low_id uuid,
  high_id uuid,
  state text collate "C" not null check (state in ('request', 'accepted')),
  requested_by uuid,
  requested_at timestamptz,
  declined_at timestamptz,
  last_seq bigint not null default 0,
  last_change bigint not null default 0,
  -- Grows with every block, leave and removal: a send commits only at the revision its facts were read at (T8).
  policy_rev bigint not null default 0,
  created_at timestamptz not null,
  unique (low_id, high_id),
  check (kind = 'group' or (low_id < high_id))
) with (fillfactor = 70);
create index conversations_requested_by on conversations (requested_by, requested_at) where requested_by is not null;

create table members (
  conversation_id uuid not null,
  person_id uuid not null,
  role text collate "C" not null default 'member' check (role in ('owner', 'moderator', 'member')),
  -- Sees messages with a greater seq (R8).
  visible_after_seq bigint not null default 0,
  joined_at timestamptz not null,
  left_at timestamptz,
  primary key (conversation_id, person_id)
);
create index members_by_person on members (person_id, conversation_id);

create table messages (
  conversation_id uuid not null,
  seq bigint not null,
  id uuid not null,
  sender_id uuid not null,
  client_id text collate "C" not null,
  -- Keyed hash of the content, for R13; null after unsend.
  fingerprint text collate "C",
  text text not null,
  has_media boolean not null default false,
  change bigint not null,
  created_at timestamptz not null,
  unsent_at timestamptz,
  primary key (conversation_id, seq),
  unique (conversation_id, sender_id, client_id)
) with (fillfactor = 90);
create index messages_by_change on messages (conversation_id, change);

-- A person's view of their conversations. Order, change and last seq are derived: written outside the send's commit,
-- at most 250 ms later, and equal to a recount (R16). Read marker, pin, archive and mute are the person's own.
create table inbox (
  person_id uuid not null,
  conversation_id uuid not null,
  folder text collate "C" not null check (folder in ('inbox', 'requests', 'archived', 'hidden')),
  counter bigint not null,
  change bigint not null,
  last_seq bigint not null,
  read_seq bigint not null default 0,
  pinned boolean not null default false,
  muted_until timestamptz,
  activity_at timestamptz not null,
  primary key (person_id, conversation_id)
) with (fillfactor = 70);
create index inbox_page on inbox (person_id, folder, pinned desc, activity_at desc, conversation_id desc);
create index inbox_counter on inbox (person_id, counter);

-- Photos ------------------------------------------------------------------------------------------------------------

create table media (
  id uuid primary key,
  owner_id uuid not null,
  state text collate "C" not null check (state in ('uploading', 'processing', 'ready', 'failed')),
  kind text collate "C" not null default 'photo' check (kind in ('photo')),
  width integer,
  height integer,
  animated boolean not null default false,
  placeholder text,
  error_code text collate "C",
  error_detail text,
  created_at timestamptz not null,
  ready_at timestamptz
);
create index media_by_owner on media (owner_id, created_at);
create index media_by_state on media (state, created_at);

create table renditions (
  media_id uuid not null,
  name text collate "C" not null check (name in ('list', 'full', 'original')),
  blob_key text collate "C" not null,
  mime_type text collate "C" not null,
  width integer not null,
  height integer not null,
  size_bytes bigint not null,
  -- sha256 of the served bytes, hex: the ETag.
  sha256 text collate "C" not null,
  primary key (media_id, name)
);

create table message_media (
  conversation_id uuid not null,
  seq bigint not null,
  position smallint not null,
  media_id uuid not null,
  primary key (conversation_id, seq, position)
);
create index message_media_by_media on message_media (media_id);

-- Blobs to delete: written in the transaction that makes them unreachable, done at once after it, and again by a sweep.
create table blob_deletions (
  blob_key text collate "C" primary key,
  created_at timestamptz not null
);
