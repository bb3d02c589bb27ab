-- name: create_profiles
-- One row per customer and analysis run. Derived: dropped and rebuilt from the facts at will.
CREATE TABLE IF NOT EXISTS profiles
(
    snapshot_id String,
    as_of Date32,
    customer_id String,
    first_day Date32,
    last_day Date32,
    silent_days Int32,
    purchase_days UInt32,
    spend Float64,
    spend_12m Float64,
    average_basket Float64,
    returned_share Float64,
    r UInt8,
    f UInt8,
    m UInt8,
    segment LowCardinality(String),
    stage LowCardinality(String),
    expected_gap Float64,
    lapsed_on Date32,
    return_chance Float64,
    expected_orders Float64,
    expected_basket Float64,
    expected_year Float64,
    loss_90 Float64,
    value_percentile Float64,
    first_item String,
    last_item String,
    favourite_item String,
    favourite_category LowCardinality(String),
    country LowCardinality(String),
    price_sensitivity Float64,               -- 0 where discounts are not known
    situation LowCardinality(String),        -- what the kind of business says: newcomer, paused, gift_buyer, …
    place String                             -- unit of a course at which somebody is stuck
)
ENGINE = ReplacingMergeTree
ORDER BY (snapshot_id, customer_id)
SETTINGS {durable}

-- name: widen_profiles
-- Tables of earlier versions lack these.
ALTER TABLE profiles ADD COLUMN IF NOT EXISTS price_sensitivity Float64,
    ADD COLUMN IF NOT EXISTS situation LowCardinality(String), ADD COLUMN IF NOT EXISTS place String

-- name: count_snapshot
-- How much of a snapshot is there, and a name for writing it.
SELECT toUInt64(count()) AS rows, toString(generateUUIDv4()) AS writing FROM profiles FINAL WHERE snapshot_id = {snapshot:String}

-- name: drop_older_profiles
-- Snapshots are derived: only the last analysis is kept.
ALTER TABLE profiles DELETE WHERE snapshot_id != {keep:String} SETTINGS mutations_sync = 0
