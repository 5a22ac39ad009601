-- The bytes of uploads on S3, piece by piece, so that any process can go on with one. A row is there before its object is
-- (`stored` false): whatever ends in between leaves something that the sweep knows about. Gone with the upload.
create table upload_pieces (
  media_id uuid not null,
  start_byte bigint not null,
  size_bytes bigint not null,
  blob_key text collate "C" not null,
  stored boolean not null default false,
  created_at timestamptz not null,
  primary key (media_id, start_byte)
);
create index upload_pieces_by_age on upload_pieces (created_at);
