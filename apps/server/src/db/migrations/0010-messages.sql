-- What a medium is to its message: what it shows, or the image of its link's preview.
alter table message_media add column role text not null default 'content';
