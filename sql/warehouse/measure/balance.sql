-- name: marketing_spend
-- Marketing money by channel and week (0 = the seven days from `from` on), with the newcomers the file reports.
SELECT
    toString(purpose) AS purpose,
    toString(channel) AS channel,
    toInt32(intDiv(dateDiff('day', {from:Date32}, day), 7)) AS week,
    toFloat64(sum(amount)) AS amount,
    toFloat64(sum(new_customers)) AS newcomers
FROM spend FINAL
WHERE day >= {from:Date32} AND day <= {as_of:Date32}
GROUP BY purpose, channel, week
ORDER BY purpose, channel, week

-- name: first_spend_day
SELECT toInt32(min(day)) AS first, toUInt64(count()) AS days FROM spend FINAL WHERE purpose = 'acquisition' AND day <= {as_of:Date32}

-- name: newcomer_value
-- What newcomers bought less returns in each twelfth of their first year: added up by the acquisition channel their tags
-- name ('' = none), a hundred lots and the whole twelfths lived through.
SELECT channel, lot, lived, toUInt8(twelfth) AS twelfth, customers, net
FROM
(
    SELECT channel, lot, lived, toUInt64(count()) AS customers, sumForEach(nets) AS sums
    FROM
    (
        SELECT
            lower(arrayFirst(tag -> has({channels:Array(String)}, lower(tag)), c.tags)) AS channel,
            toUInt8(cityHash64(o.customer_id) % 100) AS lot,
            toUInt8(least(12, intDiv((dateDiff('day', o.started, {as_of:Date32}) + 1) * 12, 365))) AS lived,
            o.nets AS nets
        FROM
        (
            SELECT
                customer_id,
                any(first_day) AS started,
                sumForEach(arrayMap(k -> if(k = intDiv(dateDiff('day', first_day, local_day) * 12, 365), toFloat64(amount), 0.), range(12))) AS nets
            FROM
            (
                SELECT customer_id, amount, local_day,
                    min(if(kind = 'sale' AND amount > 0, local_day, toDate32('2299-01-01'))) OVER (PARTITION BY customer_id) AS first_day
                FROM order_lines FINAL
                WHERE customer_id != '' AND local_day <= {as_of:Date32}
            )
            WHERE first_day >= {from:Date32} AND local_day >= first_day
            GROUP BY customer_id
        ) AS o
        LEFT JOIN (SELECT customer_id, tags FROM customers FINAL) AS c ON c.customer_id = o.customer_id
    )
    GROUP BY channel, lot, lived
)
ARRAY JOIN sums AS net, arrayEnumerate(sums) AS twelfth
ORDER BY channel, lot, lived, twelfth
