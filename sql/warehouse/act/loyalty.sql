-- name: loyalty_orders
-- What is left of each order since a day: what was paid less what was sent back under the same number.
SELECT
    customer_id,
    concat(source, '/', order_id) AS order_key,
    toInt32(min(local_day)) AS day,
    toFloat64(sum(amount)) AS amount
FROM order_lines FINAL
WHERE customer_id != '' AND local_day >= {since:Date32} AND kind IN ('sale', 'cancellation', 'return', 'refund')
GROUP BY customer_id, source, order_id
ORDER BY day, customer_id, source, order_id

-- name: introductions
-- First orders since a day that name a code: by the order's coupon, else by an event referral_used.
SELECT f.customer_id AS customer_id, f.order_key AS order_key, toInt32(f.day) AS day, if(f.coupon != '', f.coupon, u.code) AS code
FROM
(
    SELECT
        if(i.person_id != '', i.person_id, o.customer_id) AS customer_id,
        argMin(concat(o.source, '/', o.order_id), (o.ordered_at, o.order_id)) AS order_key,
        argMin(o.coupon, (o.ordered_at, o.order_id, o.coupon = '')) AS coupon,
        min(o.local_day) AS day
    FROM (SELECT * FROM order_lines FINAL WHERE kind = 'sale' AND amount > 0 AND customer_id != '') AS o
    LEFT JOIN (SELECT * FROM identities FINAL) AS i ON i.customer_id = o.customer_id
    GROUP BY customer_id
    HAVING day >= {since:Date32}
) AS f
LEFT JOIN
(
    SELECT customer_id, argMin(JSONExtractString(properties, 'code'), occurred_at) AS code
    FROM events FINAL WHERE type = 'referral_used' AND customer_id != '' GROUP BY customer_id
) AS u ON u.customer_id = f.customer_id
WHERE code != ''
ORDER BY day, customer_id

-- name: account_traits
-- What accounts may share beside addresses of the Store; values are only compared.
SELECT DISTINCT customer_id, t.1 AS trait, t.2 AS value
FROM
(
    SELECT customer_id, arrayJoin([('device', JSONExtractString(json, 'device_id')), ('payment', JSONExtractString(json, 'payment_fingerprint')),
                                   ('address', JSONExtractString(json, 'address_fingerprint'))]) AS t
    FROM
    (
        SELECT customer_id, properties AS json FROM events FINAL
        WHERE customer_id != '' AND (position(properties, 'device_id') > 0 OR position(properties, '_fingerprint') > 0)
        UNION ALL
        SELECT customer_id, attributes AS json FROM customers FINAL
        WHERE position(attributes, 'device_id') > 0 OR position(attributes, '_fingerprint') > 0
    )
)
WHERE value != ''
ORDER BY customer_id, trait, value

-- name: left_of_orders
-- What is left of these orders: of each itself, and of everything its customer bought.
SELECT
    o.order_key AS order_key,
    least(o.amount, a.amount) AS amount
FROM
(
    SELECT any(customer_id) AS buyer, concat(source, '/', order_id) AS order_key, toFloat64(sum(amount)) AS amount
    FROM order_lines FINAL WHERE concat(source, '/', order_id) IN {orders:Array(String)} AND customer_id != ''
    GROUP BY order_key
) AS o
INNER JOIN (SELECT customer_id, toFloat64(sum(amount)) AS amount FROM order_lines FINAL WHERE customer_id != '' GROUP BY customer_id) AS a
    ON a.customer_id = o.buyer
ORDER BY order_key
