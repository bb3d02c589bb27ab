-- Points, as a ledger: rows are added and never changed, and the same thing is booked once (`source`). What is left, what
-- has expired and what is owed follow from the rows (act::loyalty).
CREATE TABLE loyalty_entry (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  customer_id TEXT NOT NULL,
  kind INTEGER NOT NULL,
  source TEXT NOT NULL UNIQUE,
  order_key TEXT NOT NULL,
  points BIGINT NOT NULL,
  amount BIGINT NOT NULL,
  day INTEGER NOT NULL,
  expires_on INTEGER,
  reason TEXT NOT NULL,
  booked_at BIGINT NOT NULL
);
CREATE INDEX loyalty_entry_customer ON loyalty_entry (customer_id, day, id);
CREATE INDEX loyalty_entry_order ON loyalty_entry (order_key) WHERE order_key <> '';

CREATE TABLE loyalty_member (
  customer_id TEXT PRIMARY KEY,
  tier TEXT NOT NULL,
  since INTEGER NOT NULL,
  below_since INTEGER,
  balance BIGINT NOT NULL
);

-- What members were told of: each lot's end once.
CREATE TABLE loyalty_notice (
  customer_id TEXT NOT NULL,
  what TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (customer_id, what)
);

-- Who recommends by which code, who came by it, and what was decided. A newcomer is brought by one customer only.
CREATE TABLE referral_code (
  customer_id TEXT PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  created_at BIGINT NOT NULL
);

CREATE TABLE referral (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  referrer_id TEXT NOT NULL,
  newcomer_id TEXT NOT NULL,
  order_key TEXT NOT NULL,
  day INTEGER NOT NULL,
  state INTEGER NOT NULL,
  due_on INTEGER NOT NULL,
  referrer_code TEXT NOT NULL,
  newcomer_code TEXT NOT NULL
);
CREATE UNIQUE INDEX referral_newcomer ON referral (newcomer_id) WHERE newcomer_id <> '';
CREATE INDEX referral_referrer ON referral (referrer_id, day);
CREATE INDEX referral_waiting ON referral (due_on) WHERE state = 0;

-- Rows are never changed: why each was rewarded, held or refused, and by whom.
CREATE TABLE referral_decision (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  referral_id BIGINT NOT NULL,
  state INTEGER NOT NULL,
  ground TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX referral_decision_of ON referral_decision (referral_id);
