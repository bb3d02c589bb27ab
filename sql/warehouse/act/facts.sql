-- name: customer_facts
-- What letters and branches say of each customer, as the last analysis left it; `ids` empty = everyone. With `lists`, what
-- recommendations are made of, too: "day+item" of what was bought and "day-item" of what went back, up to `as_of`.
SELECT
    p.customer_id AS customer_id,
    p.segment AS segment,
    p.stage AS stage,
    p.country AS country,
    p.favourite_category AS category,
    p.favourite_item AS item,
    p.spend AS spend,
    p.spend_12m AS spend_12m,
    toFloat64(p.purchase_days) AS purchases,
    toFloat64(p.silent_days) AS silent,
    p.average_basket AS basket,
    p.expected_gap AS gap,
    p.return_chance AS return_chance,
    p.value_percentile AS value_percentile,
    p.returned_share AS returned_share,
    toFloat64(p.r) AS r,
    toFloat64(p.f) AS f,
    toFloat64(p.m) AS m,
    if(v.seen_day > '1970-01-01', toFloat64(dateDiff('day', v.seen_day, p.as_of)), nan) AS unseen,
    w.reason AS reason,
    p.first_day AS first_day,
    p.last_day AS last_day,
    c.city AS city,
    toInt32(if(c.birthday > '1900-01-01', toYear(c.birthday), 0)) AS birth_year,
    toInt32(if(c.birthday > '1900-01-01', toMonth(c.birthday) * 100 + toDayOfMonth(c.birthday), 0)) AS birthday,
    c.attributes AS attributes,
    o.last_items AS last_items,
    o.last_total AS last_total,
    o.favourites AS favourites,
    o.skus AS skus,
    o.silence_ended AS silence_ended,
    d.doings AS doings
FROM (SELECT * FROM profiles FINAL WHERE empty({ids:Array(String)}) OR customer_id IN {ids:Array(String)}) AS p
LEFT JOIN (SELECT * FROM customers FINAL) AS c ON c.customer_id = p.customer_id
LEFT JOIN
(
    SELECT
        l.customer_id AS customer_id,
        groupUniqArrayIf(6)(l.product, l.local_day = q.last_day AND l.product != '') AS last_items,
        toFloat64(sumIf(l.amount, l.local_day = q.last_day)) AS last_total,
        toFloat64(dateDiff('day', maxIf(l.local_day, l.local_day < q.last_day), max(l.local_day))) AS silence_ended,
        topKIf(3)(l.product, l.product != '') AS favourites,
        groupUniqArray(500)(if(l.sku = '', l.product, l.sku)) AS skus
    FROM
    (
        SELECT customer_id, local_day, sku, product, amount FROM order_lines FINAL
        WHERE kind = 'sale' AND customer_id != '' AND (empty({ids:Array(String)}) OR customer_id IN {ids:Array(String)})
    ) AS l
    INNER JOIN (SELECT customer_id, last_day FROM profiles FINAL) AS q ON q.customer_id = l.customer_id
    GROUP BY l.customer_id
) AS o ON o.customer_id = p.customer_id
LEFT JOIN
(
    SELECT customer_id, groupArray(concat(toString(toInt32(local_day)), if(kind = 'sale', '+', '-'), if(sku = '', product, sku))) AS doings
    FROM order_lines FINAL
    WHERE {lists:UInt8} = 1 AND customer_id != '' AND local_day <= {as_of:Date32}
      AND kind IN ('sale', 'cancellation', 'return', 'refund') AND (kind != 'sale' OR amount > 0) AND (sku != '' OR product != '')
      AND (empty({ids:Array(String)}) OR customer_id IN {ids:Array(String)})
    GROUP BY customer_id
) AS d ON d.customer_id = p.customer_id
LEFT JOIN
(
    SELECT customer_id, max(local_day) AS seen_day FROM events FINAL
    WHERE customer_id != '' AND type NOT IN {passive:Array(String)}
      AND (empty({ids:Array(String)}) OR customer_id IN {ids:Array(String)})
    GROUP BY customer_id
) AS v ON v.customer_id = p.customer_id
LEFT JOIN
(
    SELECT customer_id, argMax(reason, as_of) AS reason FROM reasons FINAL
    WHERE rank = 1 AND (empty({ids:Array(String)}) OR customer_id IN {ids:Array(String)})
    GROUP BY customer_id
) AS w ON w.customer_id = p.customer_id
ORDER BY customer_id

-- name: sold_products
-- What sells, best first, with price, stock and rating where the product list names them.
SELECT
    s.key AS sku,
    if(p.product != '', p.product, s.sold_name) AS product,
    if(p.category != '', p.category, s.sold_category) AS category,
    toFloat64(if(isNull(p.price), s.sold_price, assumeNotNull(p.price))) AS price,
    toFloat64(ifNull(p.stock, -1)) AS stock,
    toFloat64(ifNull(p.rating, 0)) AS rating
FROM
(
    SELECT
        if(sku = '', product, sku) AS key,
        any(product) AS sold_name,
        any(category) AS sold_category,
        toFloat64(max(unit_price)) AS sold_price,
        count() AS sold
    FROM order_lines FINAL
    WHERE kind = 'sale' AND product != ''
      AND local_day > (SELECT max(local_day) FROM order_lines) - 365
    GROUP BY key
    ORDER BY sold DESC, key
    LIMIT 2000
) AS s
LEFT JOIN (SELECT * FROM products FINAL) AS p ON p.sku = s.key
ORDER BY s.sold DESC, s.key

-- name: orders_since_import
-- Orders of imports after `after`, one row an order; the shop's own coupon column names the code used.
SELECT
    customer_id,
    concat(source, '/', order_id) AS order_key,
    min(ordered_at) AS at,
    max(coupon) AS coupon
FROM order_lines FINAL
WHERE import_id > {after:UInt32} AND kind = 'sale' AND customer_id != ''
GROUP BY customer_id, source, order_id
ORDER BY at, customer_id, order_id

-- name: events_since_import
SELECT customer_id, event_id, type, occurred_at AS at
FROM events FINAL
WHERE import_id > {after:UInt32} AND customer_id != ''
ORDER BY occurred_at, customer_id, event_id
