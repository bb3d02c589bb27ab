-- The workspace, what was brought in, whom it can reach, and the plans made.
CREATE TABLE workspace (
  id TEXT PRIMARY KEY,
  secret BLOB NOT NULL
);

CREATE TABLE import (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  file_name TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  source TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  finished_at BIGINT,
  undone_at BIGINT,
  rows_read BIGINT NOT NULL,
  rows_kept BIGINT NOT NULL,
  rows_rejected BIGINT NOT NULL,
  first_day INTEGER,
  last_day INTEGER,
  summary_json TEXT NOT NULL
);
CREATE UNIQUE INDEX import_unfinished ON import (fingerprint) WHERE finished_at IS NULL AND undone_at IS NULL;
CREATE INDEX import_fingerprint ON import (fingerprint);

CREATE TABLE contact_point (
  customer_id TEXT NOT NULL,
  channel TEXT NOT NULL,
  address TEXT NOT NULL,
  name TEXT NOT NULL,
  language TEXT NOT NULL,
  opted_out INTEGER NOT NULL,
  PRIMARY KEY (customer_id, channel)
);

CREATE TABLE plan (
  id TEXT PRIMARY KEY,
  made_at BIGINT NOT NULL,
  as_of INTEGER NOT NULL,
  currency TEXT NOT NULL,
  preset TEXT NOT NULL,
  salt BIGINT NOT NULL,
  holdout_share DOUBLE PRECISION NOT NULL,
  horizon_days INTEGER NOT NULL,
  summary_json TEXT NOT NULL
);
