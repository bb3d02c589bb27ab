-- Everything a churn model may know of a customer on the morning of a day: facts of the days before {cut} only. Every
-- column but the id is a feature. Rows after {seen_to} are not looked at at all: asked twice, with {seen_to} = {cut} and
-- with the present, the answers are equal, or a column has looked ahead (understand/churn/leak.h).

-- name: churn_features
WITH
    toInt32({cut:Date32}) AS cut,
    lines AS
    (
        SELECT
            customer_id, toInt32(local_day) AS day, kind, toFloat64(amount) AS money,
            if(amount > 0 OR discount > 0, toFloat64(discount), 0) AS off, coupon != '' AS by_coupon,
            sku, toString(category) AS sort, order_id
        FROM order_lines FINAL
        WHERE customer_id != '' AND local_day < {seen_to:Date32}
    ),
    happened AS
    (
        SELECT customer_id, toInt32(local_day) AS day, toString(type) AS what
        FROM events FINAL
        WHERE customer_id != '' AND local_day < {seen_to:Date32}
    ),
    days AS
    (
        SELECT customer_id, day, sum(money) AS spent, sum(one) AS items, max(off) AS reduced
        FROM
        (
            SELECT customer_id, day, money, 1 AS one, toUInt8(off > 0 OR by_coupon) AS off
            FROM lines WHERE kind = 'sale' AND day < cut
            UNION ALL
            SELECT customer_id, day, 0 AS money, 1 AS one, toUInt8(0) AS off
            FROM happened
            WHERE {by_activity:UInt8} = 1 AND day < cut AND what NOT IN {passive:Array(String)}
        )
        GROUP BY customer_id, day
        ORDER BY customer_id, day
    ),
    rhythm AS
    (
        SELECT
            customer_id,
            arraySort(groupArray(day)) AS d,
            arraySlice(arrayDifference(d), 2) AS gaps,
            arrayMap(t -> t.2, arraySort(groupArray((day, spent)))) AS baskets,
            toFloat64(count()) AS purchases,
            toFloat64(countIf(day >= cut - 30)) AS purchases_30,
            toFloat64(countIf(day >= cut - 60)) AS purchases_60,
            toFloat64(countIf(day >= cut - 90)) AS purchases_90,
            toFloat64(countIf(day >= cut - 180 AND day < cut - 90)) AS purchases_90_before,
            toFloat64(countIf(day >= cut - 365)) AS purchases_365,
            toFloat64(countIf(day >= cut - 365 AND day < cut - 335)) AS purchases_same_season,
            toFloat64(sum(spent)) AS spend,
            toFloat64(sumIf(spent, day >= cut - 90)) AS spend_90,
            toFloat64(sumIf(spent, day >= cut - 180 AND day < cut - 90)) AS spend_90_before,
            toFloat64(sumIf(spent, day >= cut - 365)) AS spend_365,
            avg(items) AS items_per_purchase,
            avg(reduced) AS discount_share,
            avgIf(toFloat64(reduced), day >= cut - 90) AS discount_share_90,
            avg(toDayOfWeek(toDate32(day)) >= 6) AS weekend_share,
            uniqExact(intDiv(cut - 1 - day, 30)) AS months_active
        FROM days
        GROUP BY customer_id
    ),
    goods AS
    (
        SELECT
            customer_id,
            toFloat64(uniqExactIf(sku, kind = 'sale' AND sku != '')) AS products,
            toFloat64(uniqExactIf(sku, kind = 'sale' AND sku != '' AND day >= cut - 90)) AS products_90,
            toFloat64(uniqExactIf(sort, kind = 'sale' AND sort != '')) AS categories,
            -sumIf(money, kind != 'sale' AND money < 0) AS returned,
            -sumIf(money, kind != 'sale' AND money < 0 AND day >= cut - 60) AS returned_60,
            toFloat64(uniqExactIf(day, kind != 'sale' AND money < 0)) AS return_days,
            toFloat64(cut - maxIf(day, kind != 'sale' AND money < 0)) AS since_return,
            sumIf(money, kind = 'sale') AS bought
        FROM lines
        WHERE day < cut
        GROUP BY customer_id
    ),
    signs AS
    (
        SELECT
            customer_id,
            toFloat64(countIf(what IN ('visit', 'page_viewed', 'product_viewed', 'app_opened', 'login') AND day >= cut - 30)) AS visits_30,
            toFloat64(countIf(what IN ('visit', 'page_viewed', 'product_viewed', 'app_opened', 'login') AND day >= cut - 60 AND day < cut - 30)) AS visits_30_before,
            toFloat64(cut - maxIf(day, what IN ('visit', 'page_viewed', 'product_viewed', 'app_opened', 'login'))) AS since_visit,
            toFloat64(countIf(what IN ('cart_added', 'cart_abandoned', 'checkout_started') AND day >= cut - 30)) AS carts_30,
            toFloat64(countIf(what IN ('message_opened', 'message_clicked', 'email_opened', 'email_clicked') AND day >= cut - 60)) AS answers_60,
            toFloat64(countIf(what IN ('message_sent', 'message_delivered', 'email_sent') AND day >= cut - 60)) AS messages_60,
            toFloat64(countIf(what IN ('ticket_opened', 'return_opened', 'complaint', 'payment_failed') AND day >= cut - 90)) AS troubles_90,
            toFloat64(countIf(what IN ('opt_out', 'unsubscribe', 'spam_complaint', 'app_uninstalled'))) AS turned_away,
            toFloat64(countIf(day >= cut - 30)) AS events_30,
            toFloat64(count()) AS events_all
        FROM happened
        WHERE day < cut
        GROUP BY customer_id
    )
SELECT
    rhythm.customer_id AS customer_id,
    toFloat64(cut - d[-1]) AS silent,
    toFloat64(cut - d[1]) AS tenure,
    purchases, purchases_30, purchases_60, purchases_90, purchases_90_before, purchases_365, purchases_same_season,
    toFloat64(months_active) AS months_active,
    purchases / greatest(1, tenure) * 30 AS purchases_a_month,
    if(purchases > 1, toFloat64(arrayAvg(gaps)), nan) AS gap_mean,
    if(purchases > 1, toFloat64(gaps[-1]), nan) AS gap_last,
    if(purchases > 2, toFloat64(arrayReduce('stddevPop', gaps)), nan) AS gap_spread,
    if(purchases > 1, toFloat64(arrayMax(gaps)), nan) AS gap_longest,
    if(purchases > 3, toFloat64(arrayAvg(arraySlice(gaps, -2))) / greatest(1, arrayAvg(arraySlice(gaps, 1, length(gaps) - 2))), nan) AS gap_trend,
    if(purchases > 1, silent / greatest(1, arrayAvg(gaps)), nan) AS silent_per_gap_mean,
    if(purchases > 1, silent / greatest(1, arrayMax(gaps)), nan) AS silent_per_gap_longest,
    spend, spend_90, spend_90_before, spend_365,
    spend / purchases AS basket_mean,
    baskets[-1] AS basket_last,
    baskets[1] AS basket_first,
    if(purchases > 1 AND spend > 0, baskets[-1] / greatest(1e-6, spend / purchases), nan) AS basket_trend,
    items_per_purchase, discount_share, if(isNaN(discount_share_90), nan, discount_share_90) AS discount_share_90, weekend_share,
    products, products_90, categories, products / purchases AS products_per_purchase,
    if(bought > 0, least(1, returned / bought), 0) AS returned_share, returned_60, return_days,
    if(return_days > 0, since_return, nan) AS since_return,
    visits_30, visits_30_before, if(events_all > 0 AND since_visit <= tenure + 3650, since_visit, nan) AS since_visit,
    carts_30, answers_60, messages_60, troubles_90, turned_away, events_30
FROM rhythm
LEFT JOIN goods ON rhythm.customer_id = goods.customer_id
LEFT JOIN signs ON rhythm.customer_id = signs.customer_id
ORDER BY customer_id

-- name: churn_activity
-- Days of activity, for a business without orders.
SELECT customer_id, toInt32(local_day) AS day
FROM events FINAL
WHERE customer_id != '' AND local_day < {seen_to:Date32} AND type NOT IN {passive:Array(String)}
GROUP BY customer_id, day
ORDER BY customer_id, day

-- name: create_churn
-- Who may leave soon. Derived: one row a customer who was active, the last forecast only.
CREATE TABLE IF NOT EXISTS churn
(
    snapshot_id String,
    as_of Date32,
    customer_id String,
    chance Float64,
    chance_low Float64,
    chance_high Float64,
    horizon_days Int32,
    at_stake Float64,
    silent_days Int32,
    expected_gap Float64,
    spend_12m Float64,
    model LowCardinality(String),
    reasons Array(String),
    action LowCardinality(String)
)
ENGINE = ReplacingMergeTree
ORDER BY (snapshot_id, customer_id)
SETTINGS {durable}

-- name: drop_older_churn
ALTER TABLE churn DELETE WHERE snapshot_id != {keep:String} SETTINGS mutations_sync = 0
