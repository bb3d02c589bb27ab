-- What the console asks about customers. `/* condition */ 1`, `/* order */ 1` and `/* keys */ 1` are replaced by expressions
-- the program makes; values always come as parameters.

-- name: console_customers
SELECT customer_id, toString(segment) AS segment, toString(stage) AS stage, first_day, last_day, silent_days, purchase_days, spend, spend_12m,
    average_basket, return_chance, expected_year, loss_90, toString(country) AS country
FROM profiles FINAL
WHERE snapshot_id = {snapshot:String} AND customer_id IN
(
    SELECT customer_id FROM profiles FINAL
    WHERE snapshot_id = {snapshot:String} AND /* condition */ 1
    ORDER BY /* order */ 1
    LIMIT {limit:UInt32}
)
ORDER BY /* order */ 1

-- name: console_customers_all
SELECT customer_id, toString(segment) AS segment, toString(stage) AS stage, first_day, last_day, silent_days, purchase_days, spend, spend_12m,
    average_basket, return_chance, expected_year, loss_90, toString(country) AS country
FROM profiles FINAL
WHERE snapshot_id = {snapshot:String} AND /* condition */ 1
ORDER BY /* order */ 1

-- name: console_count
-- The condition stands inside, where its fields are columns and not yet the sums of the same names.
SELECT toUInt64(count()) AS customers, sum(one.spend_12m) AS spend_12m, sum(one.expected_year) AS expected_year, sum(one.loss_90) AS loss_90
FROM (SELECT spend_12m, expected_year, loss_90 FROM profiles FINAL WHERE snapshot_id = {snapshot:String} AND /* condition */ 1) AS one

-- name: console_count_by
-- Customers of each segment and stage.
SELECT toString(segment) AS segment, toString(stage) AS stage, toUInt64(count()) AS customers, sum(spend_12m) AS spend_12m, sum(expected_year) AS expected_year
FROM profiles FINAL WHERE snapshot_id = {snapshot:String} GROUP BY segment, stage

-- name: console_any_snapshot
SELECT snapshot_id FROM profiles LIMIT 1

-- name: console_values
-- What text fields of conditions may be, the commonest first.
SELECT toString(country) AS value, 'country' AS field, toUInt64(count()) AS n FROM profiles FINAL WHERE snapshot_id = {snapshot:String} AND country != '' GROUP BY country ORDER BY n DESC LIMIT 50
UNION ALL
SELECT toString(favourite_category) AS value, 'category' AS field, toUInt64(count()) AS n FROM profiles FINAL WHERE snapshot_id = {snapshot:String} AND favourite_category != '' GROUP BY favourite_category ORDER BY n DESC LIMIT 50

-- name: console_customer
SELECT customer_id, toString(segment) AS segment, toString(stage) AS stage, first_day, last_day, silent_days, purchase_days, spend, spend_12m,
    average_basket, return_chance, expected_year, loss_90, toString(country) AS country, expected_gap, lapsed_on, expected_orders, expected_basket,
    value_percentile, r, f, m, returned_share, favourite_item, toString(favourite_category) AS favourite_category, last_item, price_sensitivity,
    toString(situation) AS situation, as_of
FROM profiles FINAL WHERE snapshot_id = {snapshot:String} AND customer_id = {customer:String}

-- name: console_attributes
SELECT attributes, city, toString(country) AS country, toString(language) AS language, tags FROM customers FINAL WHERE customer_id = {customer:String}

-- name: console_reason
SELECT toString(reason) AS reason, probability, evidence FROM reasons FINAL
WHERE customer_id = {customer:String} AND rank = 1 ORDER BY as_of DESC LIMIT 1

-- name: console_churn
SELECT chance, chance_low, chance_high, at_stake, toInt32(horizon_days) AS horizon_days, reasons FROM churn FINAL
WHERE customer_id = {customer:String} ORDER BY as_of DESC LIMIT 1

-- name: console_slipping
-- Who of the active is silent for longer than usual and more likely to leave than not, by money at stake.
SELECT customer_id, chance, at_stake, toInt32(silent_days) AS silent_days, toFloat64(expected_gap) AS expected_gap, reasons FROM churn FINAL
WHERE chance >= 0.5 AND silent_days > expected_gap ORDER BY at_stake DESC, customer_id LIMIT 5

-- name: console_slipping_sum
SELECT toUInt64(countIf(chance >= 0.5 AND silent_days > expected_gap)) AS customers, sumIf(at_stake, chance >= 0.5 AND silent_days > expected_gap) AS at_stake,
    toUInt64(count()) AS forecasts
FROM churn FINAL

-- name: console_declining
SELECT customer_id, loss_90, silent_days, expected_gap FROM profiles FINAL
WHERE snapshot_id = {snapshot:String} AND stage = 'declining' ORDER BY loss_90 DESC, customer_id LIMIT 5

-- name: console_declining_sum
SELECT toUInt64(count()) AS customers, sum(loss_90) AS at_stake FROM profiles FINAL WHERE snapshot_id = {snapshot:String} AND stage = 'declining'

-- name: console_orders
-- One customer's orders and what went back, newest first.
SELECT min(ordered_at) AS at, order_id, toString(kind) AS kind, toFloat64(sum(amount)) AS amount,
    arrayStringConcat(groupUniqArray(4)(if(product = '', sku, product)), ', ') AS items, toUInt64(uniqExact(if(product = '', sku, product))) AS different
FROM order_lines FINAL
WHERE customer_id = {customer:String} AND kind != 'adjustment'
GROUP BY source, order_id, kind
ORDER BY at DESC LIMIT {limit:UInt32}

-- name: console_customer_events
SELECT occurred_at AS at, toString(type) AS type, sku FROM events FINAL
WHERE customer_id = {customer:String} ORDER BY occurred_at DESC LIMIT {limit:UInt32}

-- name: console_customer_feedback
SELECT said_at AS at, toString(kind) AS kind, score, toString(reason) AS reason, text FROM feedback FINAL
WHERE customer_id = {customer:String} ORDER BY said_at DESC LIMIT {limit:UInt32}

-- name: console_flows
-- Where customers stood 30 days before the analysis and where on its day, by their own rhythm.
WITH {as_of:Date32} AS today, {lost_after:Int32} AS lost_after
SELECT before AS from, now AS to, toUInt64(count()) AS customers, sum(spend_12m) AS spend_12m
FROM
(
    SELECT p.spend_12m AS spend_12m, p.expected_gap AS gap,
        if(dateDiff('day', p.last_day, today) <= gap * 1.5, 'active', if(dateDiff('day', p.last_day, today) <= greatest(lost_after, gap * 1.5), 'slipping', 'lost')) AS now,
        if(p.first_day > today - 30, 'none',
            if(dateDiff('day', o.before_day, today - 30) <= gap * 1.5, 'active', if(dateDiff('day', o.before_day, today - 30) <= greatest(lost_after, gap * 1.5), 'slipping', 'lost'))) AS before
    FROM (SELECT customer_id, first_day, last_day, expected_gap, spend_12m FROM profiles FINAL WHERE snapshot_id = {snapshot:String}) AS p
    LEFT JOIN
    (
        SELECT customer_id, max(local_day) AS before_day FROM order_lines FINAL
        WHERE kind = 'sale' AND customer_id != '' AND local_day <= today - 30 GROUP BY customer_id
    ) AS o ON o.customer_id = p.customer_id
)
GROUP BY before, now ORDER BY customers DESC
