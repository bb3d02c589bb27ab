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
    wave UInt8
)
ENGINE = ReplacingMergeTree
ORDER BY (plan_id, customer_id)
SETTINGS {durable}

-- name: plan_decisions
SELECT customer_id, verdict, class, filter, offer, best_offer, worth, worth_low, worth_high, chance_positive,
    chance_if_works, return_chance, return_chance_with, cost, attention, propensity, wait_until, code, wave
FROM decisions FINAL
WHERE plan_id = {plan:String}
ORDER BY customer_id
