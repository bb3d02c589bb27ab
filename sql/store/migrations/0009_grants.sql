-- Messages customers have allowed one by one, and are left: WeChat's subscribe messages.
CREATE TABLE message_grant (
  customer_id TEXT NOT NULL,
  template TEXT NOT NULL,
  left_over INTEGER NOT NULL CHECK (left_over >= 0),
  PRIMARY KEY (customer_id, template)
);

-- Who is in an audience at a provider of advertising, by what keys; written only after the provider took it. The keys of
-- somebody erased stay until the provider has taken them out.
CREATE TABLE audience_member (
  audience TEXT NOT NULL,
  customer_id TEXT NOT NULL,
  keys TEXT NOT NULL,
  added_at BIGINT NOT NULL,
  PRIMARY KEY (audience, customer_id)
);
