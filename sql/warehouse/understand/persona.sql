-- name: customer_tags
-- What is known of each customer beside how much they bought; the first order's category and channel.
SELECT
    o.customer_id AS customer_id,
    toString(o.first_category) AS first_category,
    toString(o.first_channel) AS first_channel,
    c.city AS city,
    toString(c.language) AS language,
    toInt32(if(c.birthday > '1900-01-01', dateDiff('year', c.birthday, {as_of:Date32}), -1)) AS age,
    c.tags AS tags,
    arrayMap(pair -> concat(pair.1, '=', trim(BOTH '"' FROM pair.2)),
             JSONExtractKeysAndValuesRaw(if(c.attributes = '', '{}', c.attributes))) AS attributes
FROM
(
    SELECT customer_id, argMin(category, (ordered_at, line_key)) AS first_category, argMin(channel, (ordered_at, line_key)) AS first_channel
    FROM order_lines FINAL
    WHERE customer_id != '' AND kind = 'sale' AND local_day <= {as_of:Date32}
    GROUP BY customer_id
) AS o
LEFT JOIN (SELECT * FROM customers FINAL) AS c ON c.customer_id = o.customer_id
ORDER BY customer_id
