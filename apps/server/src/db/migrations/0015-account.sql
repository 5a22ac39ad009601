-- Verified addresses alone: one that waits for its link to be followed stands with the token, and belongs to nobody.
create table emails (
  person_id uuid primary key,
  address text collate "C" not null,
  verified_at timestamptz not null
);
create unique index emails_by_address on emails (address);

-- What a link in an e-mail proves; the newest of a person and purpose alone is good, once.
create table email_tokens (
  person_id uuid not null,
  purpose text collate "C" not null check (purpose in ('verify', 'recover')),
  token_hash bytea not null unique,
  address text collate "C" not null,
  expires_at timestamptz not null,
  primary key (person_id, purpose)
);

-- R18: the row stays, for whoever holds a message of theirs.
alter table people add column deleted_at timestamptz;
alter table erasures drop constraint erasures_kind_check,
  add constraint erasures_kind_check check (kind in ('message', 'medium', 'person'));
