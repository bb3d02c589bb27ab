-- Acting: campaigns and who is on them, the outbox, consent, codes, what came back.
CREATE TABLE campaign (
  id TEXT PRIMARY KEY,
  journey TEXT NOT NULL,
  state INTEGER NOT NULL,
  pause_reason TEXT NOT NULL,
  version INTEGER NOT NULL,
  topic TEXT NOT NULL,
  plan_id TEXT NOT NULL,
  salt BIGINT NOT NULL,
  holdout_share DOUBLE PRECISION NOT NULL,
  launched_at BIGINT NOT NULL
);

CREATE TABLE campaign_version (
  campaign_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  source TEXT NOT NULL,
  launched_at BIGINT NOT NULL,
  launched_by TEXT NOT NULL,
  PRIMARY KEY (campaign_id, version)
);

CREATE TABLE approval (
  checksum TEXT NOT NULL,
  approved_by TEXT NOT NULL,
  journey TEXT NOT NULL,
  amount DOUBLE PRECISION NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (checksum, approved_by)
);

-- How far something was read, by name.
CREATE TABLE reading (
  name TEXT PRIMARY KEY,
  value BIGINT NOT NULL
);

CREATE TABLE enrolment (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  campaign_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  customer_id TEXT NOT NULL,
  entry_number INTEGER NOT NULL,
  control INTEGER NOT NULL,
  propensity DOUBLE PRECISION NOT NULL,
  entered_at BIGINT NOT NULL,
  step TEXT NOT NULL,
  state INTEGER NOT NULL,
  wake_at BIGINT,
  visits TEXT NOT NULL,
  offer_id TEXT NOT NULL,
  code TEXT NOT NULL,
  code_ends BIGINT,
  exit_reason TEXT NOT NULL,
  finished_at BIGINT
);
CREATE UNIQUE INDEX enrolment_entry ON enrolment (campaign_id, customer_id, entry_number);
-- Only those who wait for a time are in it: everyone else costs nothing until something happens to them.
CREATE INDEX enrolment_due ON enrolment (campaign_id, wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX enrolment_open ON enrolment (customer_id) WHERE state <> 2;

CREATE TABLE enrolment_facts (
  enrolment_id BIGINT PRIMARY KEY,
  facts TEXT NOT NULL
);

CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  send_key TEXT NOT NULL,
  enrolment_id BIGINT NOT NULL,
  campaign_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  customer_id TEXT NOT NULL,
  step TEXT NOT NULL,
  occurrence INTEGER NOT NULL,
  channel TEXT NOT NULL,
  letter TEXT NOT NULL,
  topic TEXT NOT NULL,
  purpose INTEGER NOT NULL,
  ghost INTEGER NOT NULL,
  state INTEGER NOT NULL,
  due_at BIGINT NOT NULL,
  last_by BIGINT,
  attempt INTEGER NOT NULL,
  lease_until BIGINT,
  provider_id TEXT NOT NULL,
  detail TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  attempted_at BIGINT,
  settled_at BIGINT
);
CREATE UNIQUE INDEX outbox_send_key ON outbox (send_key);
CREATE INDEX outbox_ready ON outbox (channel, due_at) WHERE state = 0;
CREATE INDEX outbox_lease ON outbox (lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX outbox_unknown ON outbox (attempted_at) WHERE state = 5;
CREATE INDEX outbox_attempted ON outbox (channel, attempted_at) WHERE attempted_at IS NOT NULL;
CREATE INDEX outbox_customer ON outbox (customer_id);
-- Each complaint asks how many letters of its campaign were accepted lately.
CREATE INDEX outbox_accepted ON outbox (campaign_id, attempted_at) WHERE state = 3;
CREATE INDEX outbox_enrolment ON outbox (enrolment_id);

-- The bytes of an attempt, from before its first network byte until its fate is known.
CREATE TABLE outbox_frozen (
  message_id BIGINT PRIMARY KEY,
  subject TEXT NOT NULL,
  html TEXT NOT NULL,
  body TEXT NOT NULL,
  language TEXT NOT NULL
);

-- Answers of workers whose claim was over.
CREATE TABLE outbox_evidence (
  message_id BIGINT NOT NULL,
  attempt INTEGER NOT NULL,
  state INTEGER NOT NULL,
  provider_id TEXT NOT NULL,
  detail TEXT NOT NULL,
  at BIGINT NOT NULL
);

-- What counts for caps: one row a message, from its reservation on.
CREATE TABLE contact (
  message_id BIGINT PRIMARY KEY,
  customer_id TEXT NOT NULL,
  channel TEXT NOT NULL,
  purpose INTEGER NOT NULL,
  ghost INTEGER NOT NULL,
  sent INTEGER NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX contact_customer ON contact (customer_id, at);

CREATE TABLE person (
  customer_id TEXT PRIMARY KEY,
  zone TEXT NOT NULL,
  country TEXT NOT NULL,
  birth_year INTEGER NOT NULL,
  last_order BIGINT,
  last_click BIGINT,
  paused_until BIGINT,
  less_often INTEGER NOT NULL,
  do_not_disturb INTEGER NOT NULL,
  not_personalised INTEGER NOT NULL,
  unanswered INTEGER NOT NULL
);

CREATE INDEX contact_point_address ON contact_point (channel, address);

-- Two times: since when it holds, and when we learned it. Rows are never changed.
CREATE TABLE consent (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  customer_id TEXT NOT NULL,
  channel TEXT NOT NULL,
  topic TEXT NOT NULL,
  state INTEGER NOT NULL,
  valid_from BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL,
  source TEXT NOT NULL,
  proof TEXT NOT NULL
);
CREATE UNIQUE INDEX consent_statement ON consent (customer_id, channel, topic, state, valid_from, source, proof);

CREATE TABLE suppression (
  channel TEXT NOT NULL,
  address_key TEXT NOT NULL,
  reason TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (channel, address_key)
);

CREATE TABLE code (
  code TEXT PRIMARY KEY,
  offer_id TEXT NOT NULL,
  campaign_id TEXT NOT NULL,
  enrolment_id BIGINT NOT NULL,
  customer_id TEXT NOT NULL,
  pooled INTEGER NOT NULL,
  state INTEGER NOT NULL,
  issued_at BIGINT,
  ends_at BIGINT,
  liability BIGINT NOT NULL,
  order_id TEXT NOT NULL,
  cost BIGINT NOT NULL,
  redeemed_at BIGINT
);
CREATE UNIQUE INDEX code_enrolment ON code (enrolment_id, offer_id) WHERE enrolment_id <> 0;
-- A pool gives its codes in their order, however many there are; whether an offer has one is seen at once.
CREATE INDEX code_pool ON code (offer_id, code) WHERE state = 0;
CREATE INDEX code_pooled ON code (offer_id) WHERE pooled = 1;
CREATE INDEX code_living ON code (ends_at) WHERE state = 1;

CREATE TABLE code_account (
  campaign_id TEXT NOT NULL,
  offer_id TEXT NOT NULL,
  budget BIGINT,
  stock BIGINT,
  redeemed BIGINT NOT NULL,
  outstanding BIGINT NOT NULL,
  issued_count BIGINT NOT NULL,
  redeemed_count BIGINT NOT NULL,
  PRIMARY KEY (campaign_id, offer_id)
);

CREATE TABLE response (
  key TEXT PRIMARY KEY,
  kind INTEGER NOT NULL,
  message_id BIGINT NOT NULL,
  enrolment_id BIGINT NOT NULL,
  campaign_id TEXT NOT NULL,
  customer_id TEXT NOT NULL,
  step TEXT NOT NULL,
  at BIGINT NOT NULL,
  human DOUBLE PRECISION NOT NULL,
  detail TEXT NOT NULL
);
CREATE INDEX response_enrolment ON response (enrolment_id);
CREATE INDEX response_message ON response (message_id);
CREATE INDEX response_campaign ON response (campaign_id, kind, at);

CREATE TABLE link (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  url TEXT NOT NULL
);
CREATE UNIQUE INDEX link_url ON link (url);

CREATE TABLE inbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  message_id BIGINT NOT NULL,
  customer_id TEXT NOT NULL,
  subject TEXT NOT NULL,
  html TEXT NOT NULL,
  body TEXT NOT NULL,
  language TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT,
  read_at BIGINT
);
CREATE UNIQUE INDEX inbox_message ON inbox (message_id);
CREATE INDEX inbox_customer ON inbox (customer_id, created_at);

CREATE TABLE task (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  enrolment_id BIGINT NOT NULL,
  campaign_id TEXT NOT NULL,
  customer_id TEXT NOT NULL,
  step TEXT NOT NULL,
  occurrence INTEGER NOT NULL,
  queue TEXT NOT NULL,
  title TEXT NOT NULL,
  script TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  deadline BIGINT NOT NULL,
  done_at BIGINT,
  outcome TEXT NOT NULL
);
CREATE UNIQUE INDEX task_once ON task (enrolment_id, step, occurrence);
CREATE INDEX task_open ON task (deadline) WHERE done_at IS NULL;

CREATE TABLE tag (
  customer_id TEXT NOT NULL,
  tag TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (customer_id, tag)
);
