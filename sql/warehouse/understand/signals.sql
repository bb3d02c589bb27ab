-- name: customer_signals
-- What events and tags say of a customer, one row each: opted out, the need is over, something is open, left over the product.
SELECT
    customer_id,
    toUInt8(max(opted_out)) AS opted_out,
    toUInt8(max(natural_end)) AS natural_end,
    toUInt8(max(open_return)) AS open_return,
    toUInt8(max(quality_leaver)) AS quality_leaver,
    toInt32(max(birthday)) AS birthday
FROM
(
    SELECT
        customer_id,
        argMaxIf(type IN ('opt_out', 'unsubscribe', 'spam_complaint'), occurred_at,
                 type IN ('opt_out', 'unsubscribe', 'spam_complaint', 'opt_in', 'subscribe')) AS opted_out,
        max(type IN ('need_ended', 'account_closed', 'course_completed', 'moved_away')) AS natural_end,
        countIf(type IN ('return_opened', 'ticket_opened', 'delivery_started'))
            > countIf(type IN ('return_closed', 'ticket_closed', 'delivery_finished')) AS open_return,
        -- The reason stands in a column of its own, in a JSON column "properties", or flattened from JSON lines.
        max(type = 'left_reason' AND hasAny(
            [JSONExtractString(properties, 'reason'), JSONExtractString(properties, 'properties.reason'),
             JSONExtractString(JSONExtractString(properties, 'properties'), 'reason')],
            ['product', 'quality'])) AS quality_leaver,
        0 AS birthday
    FROM events FINAL
    WHERE customer_id != '' AND toDate32(occurred_at) <= {as_of:Date32}
    GROUP BY customer_id
    UNION ALL
    SELECT
        customer_id,
        0 AS opted_out,
        hasAny(tags, ['natural_end', 'need_ended']) AS natural_end,
        0 AS open_return,
        hasAny(tags, ['quality_leaver']) AS quality_leaver,
        if(birthday > '1900-01-01', toMonth(birthday) * 100 + toDayOfMonth(birthday), 0) AS birthday
    FROM customers FINAL
)
GROUP BY customer_id
ORDER BY customer_id
