-- Raw facts. Append-only; the later import of the same key wins. Read with FINAL. No contact data in any of them.

-- name: create_order_lines
CREATE TABLE IF NOT EXISTS order_lines
(
    customer_id     String,                  -- '' = missing
    source          LowCardinality(String),
    order_id        String,
    line_key        String,
    ordered_at      DateTime64(3, 'UTC'),
    local_day       Date32,                  -- in the shop's zone
    kind            Enum8('sale' = 1, 'cancellation' = 2, 'return' = 3, 'refund' = 4, 'gift' = 5, 'adjustment' = 6),
    sku             String,
    product         String,
    category        LowCardinality(String),
    quantity        Decimal(18, 6),
    unit_price      Decimal(18, 6),          -- as written in the file, in its currency
    amount          Decimal(18, 6),          -- signed, in the workspace's currency; 0 when the order's status undid it
    discount        Decimal(18, 6),          -- of the line, in the file's currency, never negative
    currency        LowCardinality(String),  -- of the file
    amount_original Decimal(18, 6),          -- signed, in the file's currency, whatever the status
    channel         LowCardinality(String),
    country         LowCardinality(String),
    coupon          String,
    import_id       UInt32,
    line            UInt64,                  -- in the file
    version         UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (customer_id, source, order_id, line_key)
SETTINGS {durable}

-- name: create_customers
CREATE TABLE IF NOT EXISTS customers
(
    customer_id String,
    joined_day  Date32,                      -- 1900-01-01 = not given
    birthday    Date32,                      -- 1900-01-01 = not given
    country     LowCardinality(String),
    city        String,
    language    LowCardinality(String),
    tags        Array(String),
    attributes  String,                      -- JSON object of the file's other columns, contact data left out
    import_id   UInt32,
    line        UInt64,
    version     UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY customer_id
SETTINGS {durable}

-- name: create_products
CREATE TABLE IF NOT EXISTS products
(
    sku       String,
    product   String,
    category  LowCardinality(String),
    tags      Array(String),
    price     Nullable(Decimal(18, 6)),
    cost      Nullable(Decimal(18, 6)),
    stock     Nullable(Decimal(18, 6)),
    rating    Nullable(Float64),
    import_id UInt32,
    line      UInt64,
    version   UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY sku
SETTINGS {durable}

-- name: create_events
CREATE TABLE IF NOT EXISTS events
(
    customer_id String,
    occurred_at DateTime64(3, 'UTC'),
    local_day   Date32,
    type        LowCardinality(String),
    event_id    String,
    sku         String,
    properties  String,                      -- JSON object of the file's other columns, contact data left out
    import_id   UInt32,
    line        UInt64,
    version     UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (customer_id, event_id)
SETTINGS {durable}

-- name: create_spend
CREATE TABLE IF NOT EXISTS spend
(
    day           Date32,
    channel       LowCardinality(String),
    purpose       Enum8('acquisition' = 1, 'win_back' = 2, 'other' = 3),
    amount        Decimal(18, 6),            -- in the workspace's currency
    new_customers UInt32,
    import_id     UInt32,
    line          UInt64,
    version       UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (day, channel, purpose)
SETTINGS {durable}

-- name: create_feedback
-- What customers wrote and chose: free text, so erasure deletes the rows.
CREATE TABLE IF NOT EXISTS feedback
(
    customer_id String,
    feedback_id String,
    said_at     DateTime64(3, 'UTC'),
    local_day   Date32,
    kind        LowCardinality(String),      -- survey, nps, ticket, review, … in small letters
    score       Nullable(Float64),
    language    LowCardinality(String),
    order_id    String,
    sku         String,
    reason      LowCardinality(String),      -- chosen from a list; '' = none
    text        String,
    import_id   UInt32,
    line        UInt64,
    version     UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (customer_id, feedback_id)
SETTINGS {durable}
