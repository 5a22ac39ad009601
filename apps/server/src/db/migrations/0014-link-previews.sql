-- What the server saw of an address while its message is being written (C21). Gone when a message takes it, or after an hour.
create table link_previews (
  owner_id uuid not null,
  id uuid not null,
  -- As its writer wrote it.
  url text not null,
  host text not null,
  title text not null,
  description text not null,
  site_name text not null,
  media_id uuid,
  created_at timestamptz not null,
  primary key (owner_id, id)
);
create index link_previews_by_age on link_previews (created_at);

-- A preview's image: made by the server, so it counts towards nobody's uploads.
alter table media add column preview boolean not null default false;
