-- name: recommend_items
-- Every product that was ever sold, with what the product list says of it.
SELECT
    s.key AS sku,
    if(p.product != '', p.product, s.sold_name) AS name,
    if(toString(p.category) != '', toString(p.category), s.sold_category) AS category,
    s.last_sold AS last_sold,
    toFloat64(ifNull(p.stock, -1)) AS stock,
    toFloat64(ifNull(p.rating, 0)) AS rating
FROM
(
    SELECT
        if(sku = '', product, sku) AS key,
        argMax(product, ordered_at) AS sold_name,
        toString(argMax(category, ordered_at)) AS sold_category,
        toInt32(max(local_day)) AS last_sold
    FROM order_lines FINAL
    WHERE kind = 'sale' AND key != '' AND local_day <= {as_of:Date32}
    GROUP BY key
) AS s
LEFT JOIN (SELECT * FROM products FINAL) AS p ON p.sku = s.key
ORDER BY s.key

-- name: count_recommend_lines
SELECT toUInt64(count()) AS lines FROM order_lines WHERE customer_id != '' AND local_day <= {as_of:Date32}

-- name: recommend_lines
-- Who bought and sent back what when: of one customer in so many, of one named, or of those a plan approaches.
SELECT
    customer_id,
    toInt32(local_day) AS day,
    if(sku = '', product, sku) AS item,
    toUInt8(kind = 'sale') AS bought
FROM order_lines FINAL
WHERE customer_id != '' AND local_day <= {as_of:Date32}
    AND kind IN ('sale', 'cancellation', 'return', 'refund') AND (kind != 'sale' OR amount > 0)
    AND item != ''
    AND ({one_in:UInt32} = 1 OR cityHash64(customer_id) % {one_in:UInt32} = 0)
    AND ({customer:String} = '' OR customer_id = {customer:String})
    AND ({plan:String} = '' OR customer_id IN (SELECT customer_id FROM decisions FINAL WHERE plan_id = {plan:String} AND verdict IN ('approach', 'explore')))
ORDER BY customer_id
