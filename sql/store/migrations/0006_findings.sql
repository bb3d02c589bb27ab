-- What the last analysis of each kind said of the shop as a whole, as JSON: derived, without personal data.
CREATE TABLE finding (
  name TEXT PRIMARY KEY,
  made_at BIGINT NOT NULL,
  json TEXT NOT NULL
);
