-- People who work with the console, where they are signed in, and who did what. Tokens are kept as digests.
CREATE TABLE console_user (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  email TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  state TEXT NOT NULL,
  password TEXT NOT NULL,
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  language TEXT NOT NULL,
  theme TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  last_seen_at BIGINT
);
CREATE UNIQUE INDEX console_user_subject ON console_user (issuer, subject) WHERE subject <> '';

CREATE TABLE console_session (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  digest TEXT NOT NULL UNIQUE,
  user_id BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL,
  address TEXT NOT NULL,
  agent TEXT NOT NULL
);
CREATE INDEX console_session_user ON console_session (user_id);

CREATE TABLE one_time_link (
  digest TEXT PRIMARY KEY,
  purpose TEXT NOT NULL,
  user_id BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);

-- Each line holds the digest of the one before; one line has one successor. Nothing in it is ever changed or taken away.
CREATE TABLE audit_entry (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at BIGINT NOT NULL,
  who TEXT NOT NULL,
  user_id BIGINT NOT NULL,
  key_id BIGINT NOT NULL,
  address TEXT NOT NULL,
  action TEXT NOT NULL,
  object TEXT NOT NULL,
  detail TEXT NOT NULL,
  result TEXT NOT NULL,
  previous TEXT NOT NULL UNIQUE,
  digest TEXT NOT NULL UNIQUE
);
CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry
BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry
BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only');
END;

-- Keys made before scopes existed keep what they could do.
ALTER TABLE api_key ADD COLUMN scopes TEXT NOT NULL DEFAULT 'inbox codes responses bounces';
ALTER TABLE api_key ADD COLUMN created_by TEXT NOT NULL DEFAULT '';
ALTER TABLE api_key ADD COLUMN last_used_at BIGINT;
