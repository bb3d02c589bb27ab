-- name: complaints
-- Who said which reason in which window before the day: 0 = the last so many days, 1 = those before, …
SELECT DISTINCT customer_id, toInt32(intDiv(dateDiff('day', local_day, {as_of:Date32}), {days:Int32})) AS window, choice AS reason
FROM
(
    SELECT customer_id, local_day,
        arrayFirst(r -> r != '', [JSONExtractString(properties, 'reason'), JSONExtractString(properties, 'properties.reason'),
                                  JSONExtractString(JSONExtractString(properties, 'properties'), 'reason')]) AS choice
    FROM events FINAL
    WHERE type IN ('left_reason', 'cancel_reason', 'complaint', 'ticket_opened', 'return_opened') AND customer_id != ''
    UNION ALL
    SELECT customer_id, local_day, toString(reason) AS choice FROM feedback FINAL WHERE reason != '' AND customer_id != ''
)
WHERE choice != '' AND local_day <= {as_of:Date32} AND local_day > {as_of:Date32} - {days:Int32} * {windows:Int32}
ORDER BY window, reason, customer_id

-- name: active_customers
-- Customers who bought, did or said anything, by the same windows.
SELECT toInt32(intDiv(dateDiff('day', local_day, {as_of:Date32}), {days:Int32})) AS window, toFloat64(uniqExact(customer_id)) AS customers
FROM
(
    SELECT customer_id, local_day FROM order_lines FINAL WHERE kind = 'sale' AND customer_id != ''
    UNION ALL
    SELECT customer_id, local_day FROM events FINAL WHERE customer_id != ''
    UNION ALL
    SELECT customer_id, local_day FROM feedback FINAL WHERE customer_id != ''
)
WHERE local_day <= {as_of:Date32} AND local_day > {as_of:Date32} - {days:Int32} * {windows:Int32}
GROUP BY window
ORDER BY window

-- name: last_order_amounts
-- What these customers paid on the last day on which they bought.
SELECT customer_id, toFloat64(sumIf(amount, local_day = last_day)) AS amount
FROM
(
    SELECT customer_id, local_day, amount, max(local_day) OVER (PARTITION BY customer_id) AS last_day
    FROM (SELECT * FROM order_lines FINAL)
    WHERE kind = 'sale' AND customer_id IN {ids:Array(String)} AND local_day <= {as_of:Date32}
)
GROUP BY customer_id
ORDER BY customer_id
