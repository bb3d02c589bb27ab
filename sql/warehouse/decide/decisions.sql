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

-- name: plan_money_offers
-- Whom a plan gave one of these offers.
SELECT customer_id FROM decisions FINAL
WHERE plan_id = {plan:String} AND verdict IN ('approach', 'explore') AND has({offers:Array(String)}, offer)
ORDER BY customer_id

-- name: plan_depths
-- What a plan offers to whom, with what differences between people could be made of.
SELECT
    d.offer AS offer,
    d.basket AS basket,
    p.country AS country,
    c.city AS city,
    toString(c.language) AS language,
    toInt32(if(c.birthday > '1900-01-01', dateDiff('year', c.birthday, d.as_of), -1)) AS age,
    p.value_percentile AS value_percentile
FROM (SELECT * FROM decisions FINAL WHERE plan_id = {plan:String} AND verdict IN ('approach', 'explore', 'leave')) AS d
LEFT JOIN (SELECT customer_id, country, value_percentile FROM profiles FINAL) AS p ON p.customer_id = d.customer_id
LEFT JOIN (SELECT customer_id, city, language, birthday FROM customers FINAL) AS c ON c.customer_id = d.customer_id
ORDER BY d.customer_id

-- name: product_pace
-- Stock, cost and price of one product, and how many a day were sold in the last 90 days.
SELECT
    toFloat64(ifNull((SELECT max(stock) FROM products FINAL WHERE product = {item:String} OR sku = {item:String}), -1)) AS stock,
    toFloat64(ifNull((SELECT max(cost) FROM products FINAL WHERE product = {item:String} OR sku = {item:String}), -1)) AS cost,
    toFloat64(ifNull((SELECT max(price) FROM products FINAL WHERE product = {item:String} OR sku = {item:String}), -1)) AS price,
    toFloat64((SELECT sum(quantity) FROM order_lines FINAL
               WHERE kind = 'sale' AND (product = {item:String} OR sku = {item:String})
                   AND local_day > {as_of:Date32} - 90 AND local_day <= {as_of:Date32})) / 90 AS sold
