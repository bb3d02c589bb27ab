-- What comes back. Events of messages that are not there yet wait some minutes for our own commit.
CREATE TABLE early_notice (
  provider TEXT NOT NULL,
  key TEXT NOT NULL,
  channel TEXT NOT NULL,
  event TEXT NOT NULL,
  send_key TEXT NOT NULL,
  reference TEXT NOT NULL,
  provider_id TEXT NOT NULL,
  detail TEXT NOT NULL,
  at BIGINT NOT NULL,
  came_at BIGINT NOT NULL,
  PRIMARY KEY (provider, key)
);
CREATE INDEX early_notice_came ON early_notice (came_at);

-- What customers said, until the warehouse has it; then the row goes.
CREATE TABLE feedback_due (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  customer_id TEXT NOT NULL,
  feedback_id TEXT NOT NULL,
  said_at BIGINT NOT NULL,
  kind TEXT NOT NULL,
  score DOUBLE PRECISION,
  language TEXT NOT NULL,
  order_id TEXT NOT NULL,
  reason TEXT NOT NULL,
  text TEXT NOT NULL
);
CREATE INDEX feedback_due_customer ON feedback_due (customer_id);

-- One invitation to a survey for each letter that carries it, and what was answered.
CREATE TABLE survey_invitation (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  survey TEXT NOT NULL,
  customer_id TEXT NOT NULL,
  message_id BIGINT NOT NULL,
  channel TEXT NOT NULL,
  invited_at BIGINT NOT NULL,
  opened_at BIGINT,
  started_at BIGINT,
  finished_at BIGINT
);
CREATE UNIQUE INDEX survey_invitation_message ON survey_invitation (survey, message_id) WHERE message_id <> 0;
CREATE INDEX survey_invitation_customer ON survey_invitation (customer_id, invited_at);
CREATE INDEX survey_invitation_survey ON survey_invitation (survey, invited_at);

-- Choices are ids, each ended by a line end.
CREATE TABLE survey_answer (
  invitation_id BIGINT NOT NULL,
  question TEXT NOT NULL,
  choices TEXT NOT NULL,
  score INTEGER,
  text TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (invitation_id, question)
);

-- Where the app leads on its first start: set when a link was followed without the app, given out once.
CREATE TABLE deferred_link (
  message_id BIGINT PRIMARY KEY,
  customer_id TEXT NOT NULL,
  target TEXT NOT NULL,
  at BIGINT NOT NULL,
  claimed_at BIGINT
);
CREATE INDEX deferred_link_customer ON deferred_link (customer_id);

-- Tickets that are open hold an approach back; only the state is here, the words are feedback.
CREATE TABLE ticket (
  source TEXT NOT NULL,
  ticket_id TEXT NOT NULL,
  customer_id TEXT NOT NULL,
  open INTEGER NOT NULL,
  urgent INTEGER NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (source, ticket_id)
);
CREATE INDEX ticket_customer ON ticket (customer_id) WHERE open = 1;
