-- name: plan_outcomes
-- What every approached and held-out customer of a plan bought within the horizon after it, returns taken off.
SELECT
    d.customer_id AS customer_id,
    d.verdict AS verdict,
    d.offer AS offer,
    toFloat64(coalesce(o.net, 0)) AS net,
    toFloat64(coalesce(o.first_sale, 0)) AS first_sale,
    toUInt32(coalesce(o.purchase_days, 0)) AS purchase_days
FROM
(
    SELECT customer_id, verdict, offer
    FROM decisions FINAL
    WHERE plan_id = {plan:String} AND verdict IN ('approach', 'hold_out') AND offer != ''
) AS d
LEFT JOIN
(
    SELECT
        customer_id,
        sum(amount) AS net,
        sumIf(amount, kind = 'sale' AND local_day = first_day) AS first_sale,
        uniqExactIf(local_day, kind = 'sale') AS purchase_days
    FROM
    (
        SELECT customer_id, amount, kind, local_day,
            min(if(kind = 'sale', local_day, toDate32('2299-01-01'))) OVER (PARTITION BY customer_id) AS first_day
        FROM order_lines FINAL
        WHERE customer_id != '' AND local_day > {after:Date32} AND local_day <= {until:Date32}
    )
    GROUP BY customer_id
) AS o ON o.customer_id = d.customer_id
ORDER BY customer_id

-- name: orders_seen_until
SELECT toInt32(max(local_day)) AS day FROM order_lines FINAL

-- name: orders_since
-- Every order since a day with what came back of it, for campaigns whose customers entered at different times.
SELECT
    customer_id,
    min(ordered_at) AS at,
    toFloat64(sum(amount)) AS net,
    toUInt8(countIf(kind = 'sale') > 0) AS sale
FROM order_lines FINAL
WHERE local_day >= {from:Date32} AND customer_id != ''
GROUP BY customer_id, source, order_id
ORDER BY customer_id, at

-- name: plan_experience
-- Everyone to whom a plan's lots gave an approach or none, with what was known of them then, and what they bought in the
-- time that counts. What went back of those purchases is taken off.
SELECT
    d.stratum AS stratum,
    d.approached AS approached,
    d.offer AS offer,
    d.propensity AS propensity,
    d.return_chance AS return_chance,
    d.silent_days AS silent_days,
    d.purchases AS purchases,
    d.average_basket AS average_basket,
    d.price_sensitivity AS price_sensitivity,
    d.basket AS basket,
    d.basket_sd AS basket_sd,
    d.orders_if_back AS orders_if_back,
    d.expected_year AS expected_year,
    toFloat64(coalesce(o.net, 0)) AS net,
    toFloat64(coalesce(o.first_sale, 0)) AS first_sale,
    toUInt32(coalesce(o.purchase_days, 0)) AS purchase_days
FROM
(
    SELECT *,
        toUInt8(NOT (verdict = 'approach' OR (verdict = 'hold_out' AND offer != '') OR (verdict = 'explore' AND class = 'persuadable')))
            AS stratum,
        toUInt8(verdict IN ('approach', 'explore')) AS approached
    FROM decisions FINAL
    WHERE plan_id = {plan:String} AND purchases > 0
        AND (verdict IN ('approach', 'explore')
             OR (verdict = 'hold_out' AND (offer != '' OR class = 'unknown'))
             OR (verdict = 'leave' AND class = 'unknown'))
) AS d
LEFT JOIN
(
    SELECT
        customer_id,
        sum(amount) AS net,
        sumIf(amount, kind = 'sale' AND local_day = first_day) AS first_sale,
        uniqExactIf(local_day, kind = 'sale') AS purchase_days
    FROM
    (
        SELECT customer_id, amount, kind, local_day,
            min(if(kind = 'sale', local_day, toDate32('2299-01-01'))) OVER (PARTITION BY customer_id) AS first_day
        FROM order_lines FINAL
        WHERE customer_id != '' AND local_day > {after:Date32} AND local_day <= {until:Date32}
    )
    GROUP BY customer_id
) AS o ON o.customer_id = d.customer_id
ORDER BY d.customer_id
