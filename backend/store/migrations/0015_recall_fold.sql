-- What was folded together out of messages that are too many to recall one by one. It is recalled like them, and
-- never folded again.
ALTER TABLE memories ADD COLUMN is_digest boolean NOT NULL DEFAULT false;
