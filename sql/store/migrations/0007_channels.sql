-- What a message needs beside its texts: where a tap leads, the provider's template, and what that is filled with (names
-- and values, each ended by a unit separator).
ALTER TABLE outbox_frozen ADD COLUMN link TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox_frozen ADD COLUMN template_id TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox_frozen ADD COLUMN fields TEXT NOT NULL DEFAULT '';

-- Some providers name a message by their own id alone.
CREATE INDEX outbox_provider ON outbox (provider_id) WHERE provider_id <> '';
