-- What events that come in by HTTP need besides the tables of raw facts.

-- name: create_identities
-- Ids that are one person, as the Store knows it; only joined ones. Facts keep the id they came with.
CREATE TABLE IF NOT EXISTS identities
(
    customer_id String,
    person_id   String,
    version     UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY customer_id
SETTINGS {durable}

-- name: count_identities
SELECT toUInt64(count()) AS ids FROM identities

-- name: stream_customers
-- What is known of these customers, before traits are added.
SELECT customer_id, toInt32(joined_day) AS joined_day, toInt32(birthday) AS birthday, toString(country) AS country, city,
    toString(language) AS language, tags, attributes, version
FROM customers FINAL
WHERE customer_id IN {ids:Array(String)}

-- name: stream_orders
-- What is left of these orders, line by line: sold and not yet taken back.
SELECT customer_id, order_id, line_key, sku, product, toString(category) AS category, quantity, amount
FROM order_lines FINAL
WHERE customer_id IN {ids:Array(String)} AND order_id IN {orders:Array(String)} AND kind = 'sale' AND amount > 0
ORDER BY customer_id, order_id, line_key
