-- What an upload announced: the quota of a person counts it (T18).
alter table media add column upload_bytes bigint not null default 0;

-- Whether a medium is somebody's profile picture is asked whenever one is served or dropped.
create index people_by_picture on people (picture_media_id) where picture_media_id is not null;
