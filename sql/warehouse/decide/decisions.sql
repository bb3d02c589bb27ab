-- name: create_decisions
-- Every decision of every plan with its inputs: why contacted or not, with what, what it should bring.
CREATE TABLE IF NOT EXISTS decisions
(
    plan_id String,
    as_of Date32,
    customer_id String,
    verdict LowCardinality(String),
    class LowCardinality(String),
    filter LowCardinality(String),
    offer LowCardinality(String),
    best_offer LowCardinality(String),
    worth Float64,
    worth_low Float64,
    worth_high Float64,
    chance_positive Float64,
    chance_if_works Float64,
    return_chance Float64,
    return_chance_with Float64,
    cost Float64,
    attention Float64,
    propensity Float64,
    wait_until Date32,
    code String,
    wave UInt8,
    -- What it was decided on.
    basket Float64,
    basket_sd Float64,
    orders_if_back Float64,
    expected_year Float64,
    silent_days Float64,
    purchases Float64,
    average_basket Float64,
    price_sensitivity Float64
)
ENGINE = ReplacingMergeTree
ORDER BY (plan_id, customer_id)
SETTINGS {durable}

-- name: widen_decisions
-- Tables of earlier versions lack what decisions were made on; theirs stay 0.
ALTER TABLE decisions
    ADD COLUMN IF NOT EXISTS basket Float64, ADD COLUMN IF NOT EXISTS basket_sd Float64,
    ADD COLUMN IF NOT EXISTS orders_if_back Float64, ADD COLUMN IF NOT EXISTS expected_year Float64,
    ADD COLUMN IF NOT EXISTS silent_days Float64, ADD COLUMN IF NOT EXISTS purchases Float64,
    ADD COLUMN IF NOT EXISTS average_basket Float64, ADD COLUMN IF NOT EXISTS price_sensitivity Float64

-- name: plan_decisions
SELECT customer_id, verdict, class, filter, offer, best_offer, worth, worth_low, worth_high, chance_positive,
    chance_if_works, return_chance, return_chance_with, cost, attention, propensity, wait_until, code, wave
FROM decisions FINAL
WHERE plan_id = {plan:String}
ORDER BY customer_id
