-- name: lines_by_customer
SELECT
    customer_id,
    toInt32(local_day) AS day,
    toUInt8(kind) AS kind,
    amount,
    quantity,
    if(product = '', sku, product) AS item,
    toString(category) AS category,
    toString(country) AS country,
    toUInt8(discount > 0 OR coupon != '') AS discounted
FROM order_lines FINAL
WHERE customer_id != '' AND local_day <= {as_of:Date32}
ORDER BY customer_id

-- name: latest_order_day
SELECT toInt32(max(local_day)) AS day, count() AS lines, toUInt64(countIf(customer_id = '')) AS without_customer
FROM order_lines FINAL
