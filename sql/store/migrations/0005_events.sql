-- Events that come in by HTTP: what they set off, and which ids are one person.
CREATE TABLE event_trigger (
  campaign_id TEXT NOT NULL,
  event_id TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (campaign_id, event_id)
);
CREATE INDEX event_trigger_at ON event_trigger (at);

-- Only ids that are joined stand here; the person's own id too.
CREATE TABLE identity (
  customer_id TEXT PRIMARY KEY,
  person_id TEXT NOT NULL,
  changed BIGINT NOT NULL
);
CREATE INDEX identity_person ON identity (person_id);
CREATE INDEX identity_changed ON identity (changed);

-- What was joined or kept apart, when and why. Rows are never changed.
CREATE TABLE identity_history (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  customer_id TEXT NOT NULL,
  other_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  why TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX identity_history_customer ON identity_history (customer_id);
CREATE INDEX identity_history_other ON identity_history (other_id);
