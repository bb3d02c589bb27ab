-- name: create_reasons
-- Why lapsed customers left: a row for each likely reason of a customer and analysis run, the likeliest with rank 1.
-- Derived: dropped and rebuilt from the facts at will. The words come from what customers wrote: erasure deletes the rows.
CREATE TABLE IF NOT EXISTS reasons
(
    snapshot_id String,
    as_of Date32,
    customer_id String,
    rank UInt8,
    reason LowCardinality(String),
    probability Float64,
    actor LowCardinality(String),            -- product, operations or nobody
    manner LowCardinality(String),           -- unsubscribed, complained, …, stopped_buying
    active UInt8,                            -- 1 = said or did something to leave
    evidence Array(String),                  -- signal=ratio, strongest first
    words Array(String)
)
ENGINE = ReplacingMergeTree
ORDER BY (snapshot_id, customer_id, rank)
SETTINGS {durable}

-- name: drop_reasons
ALTER TABLE reasons DELETE WHERE snapshot_id != '' SETTINGS mutations_sync = 2

-- name: count_voices
-- Whether there is anything to find reasons in, what an earlier look left, and a name for this one.
SELECT
    toUInt64((SELECT count() FROM events)) AS events,
    toUInt64((SELECT count() FROM feedback)) AS feedback,
    toUInt64((SELECT count() FROM reasons)) AS before,
    toString(generateUUIDv4()) AS look

-- name: leaver_line_signals
WITH gone AS
(
    SELECT customer_id, last_day, purchase_days FROM profiles FINAL
    WHERE snapshot_id = {snapshot:String} AND stage IN ('lapsed_light', 'lapsed_heavy', 'lost', 'natural_end')
)
SELECT
    customer_id,
    arrayFilter(code -> code != '',
    [
        if(has(groupUniqArrayIf(order_id, kind IN ('return', 'refund')), argMaxIf(order_id, ordered_at, kind = 'sale')), 'returned_last', ''),
        if(countIf(kind = 'cancellation' AND local_day >= last_day - 7) > 0, 'cancelled_last', ''),
        if(purchase_days = 1, 'one_order', ''),
        if(purchase_days >= 2 AND countIf(kind = 'sale' AND discount > 0) >= 0.8 * countIf(kind = 'sale'), 'discount_only', '')
    ]) AS signals
FROM (SELECT customer_id, order_id, ordered_at, local_day, kind, discount FROM order_lines FINAL
      WHERE local_day <= {as_of:Date32}) AS lines
INNER JOIN gone USING (customer_id)
GROUP BY customer_id, last_day, purchase_days
ORDER BY customer_id

-- name: discount_days
SELECT toInt32(local_day) AS day, toUInt64(countIf(discount > 0)) AS reduced, toUInt64(count()) AS lines
FROM order_lines FINAL
WHERE kind = 'sale' AND local_day <= {as_of:Date32}
GROUP BY local_day
ORDER BY local_day

-- name: leaver_event_signals
WITH
    gone AS
    (
        SELECT customer_id, last_day, toInt32(greatest(expected_gap, 30)) AS gap FROM profiles FINAL
        WHERE snapshot_id = {snapshot:String} AND stage IN ('lapsed_light', 'lapsed_heavy', 'lost', 'natural_end')
    ),
    ('opt_out', 'unsubscribe', 'spam_complaint', 'notifications_disabled') AS refusals,
    ('email_sent', 'push_sent', 'sms_sent', 'message_sent') AS sendings,
    ('email_opened', 'email_clicked', 'push_opened', 'message_opened', 'message_clicked') AS reactions,
    ('order_placed', 'purchase', 'in_store_purchase', 'store_purchase') AS purchases
SELECT
    customer_id,
    minIf(occurred_at, type = 'app_installed') AS installed,
    minIf(occurred_at, type IN refusals) AS refused,
    installed > 0 AND refused >= installed AND refused < installed + INTERVAL 1 DAY AS refused_at_install,
    countIf(type IN refusals AND local_day >= last_day - 30) > 0 AND NOT refused_at_install AS opted_out,
    countIf(type = 'app_uninstalled' AND local_day >= last_day) > 0 AS uninstalled,
    countIf(type IN ('need_ended', 'account_closed', 'course_completed', 'moved_away') AND local_day >= last_day) > 0 AS need_announced,
    groupUniqArrayIf(channel, channel != '' AND local_day <= last_day) AS channels_before,
    groupArrayIf(channel, channel != '' AND local_day > last_day AND local_day > {as_of:Date32} - gap AND type NOT IN refusals
        AND type NOT IN sendings AND type NOT IN ('left_reason', 'app_uninstalled', 'ticket_opened', 'ticket_closed',
                                                  'return_opened', 'return_closed', 'opt_in', 'cart_added')) AS channels_now,
    (notEmpty(channels_before) AND arrayExists(c -> NOT has(channels_before, c) AND countEqual(channels_now, c) >= 3, arrayDistinct(channels_now)))
        OR countIf(type IN purchases AND local_day > last_day AND local_day > {as_of:Date32} - 2 * gap) > 0 AS moved,
    countIf(type IN ('visit', 'app_opened', 'session_started', 'login') AND local_day > last_day + gap) > 0 AS visits_now,
    countIf(type IN ('visit', 'app_opened', 'session_started', 'login') AND local_day <= last_day) > 0 AS visited_before,
    arrayFilter(code -> code != '',
    [
        if(countIf(type = 'cart_added' AND local_day > last_day) > 0, 'cart_abandoned', ''),
        if(countIf(type = 'return_opened' AND local_day >= last_day) > 0, 'return_opened', ''),
        if(countIf(type IN ('ticket_opened', 'complaint') AND local_day >= last_day) > 0, 'ticket_opened', ''),
        if(countIf(type = 'ticket_opened' AND local_day >= last_day) > countIf(type = 'ticket_closed' AND local_day >= last_day), 'ticket_left_open', ''),
        if(countIf(type IN ('payment_failed', 'card_declined') AND local_day >= last_day - 7) > 0, 'payment_failed', ''),
        if(need_announced, 'need_announced', ''),
        if(opted_out, 'opted_out', ''),
        if(uninstalled, 'uninstalled', ''),
        if(countIf(type IN ('app_crashed', 'app_error', 'page_error', 'login_failed') AND local_day >= last_day - 7) > 0, 'app_failed', ''),
        if(countIf(type IN ('account_stolen', 'account_recovery_requested', 'suspicious_login') AND local_day >= last_day - 30) > 0, 'account_attacked', ''),
        if(countIf(type IN ('paused', 'subscription_paused', 'pause_requested') AND local_day >= last_day - 7) > 0, 'paused', ''),
        if(visits_now, 'still_visits', ''),
        if(moved, 'moved_platform', '')
    ]) AS signals,
    multiIf(
        countIf(type IN ('subscription_cancelled', 'membership_cancelled', 'account_closed') AND local_day >= last_day - 7) > 0, 'cancelled',
        opted_out, 'unsubscribed',
        countIf(type IN ('complaint', 'ticket_opened', 'left_reason') AND local_day >= last_day) > 0, 'complained',
        uninstalled, 'uninstalled',
        refused_at_install, 'refused_at_install',
        countIf(type IN sendings AND local_day > last_day) >= 5 AND countIf(type IN reactions AND local_day > last_day) = 0, 'ignores_messages',
        visited_before AND NOT visits_now, 'stopped_visiting',
        'stopped_buying') AS manner
FROM (SELECT customer_id, occurred_at, local_day, type, JSONExtractString(properties, 'channel') AS channel FROM events FINAL
      WHERE customer_id != '' AND local_day <= {as_of:Date32}) AS happened
INNER JOIN gone USING (customer_id)
GROUP BY customer_id, last_day, gap
ORDER BY customer_id

-- name: late_deliveries
-- Leavers whose last delivery took longer than nine in ten of the shop's (or never came).
WITH trips AS
(
    SELECT customer_id, maxIf(occurred_at, type = 'delivery_started') AS started, maxIf(occurred_at, type = 'delivery_finished') AS finished,
        dateDiff('hour', started, if(finished >= started, finished, toDateTime64({as_of:Date32}, 3, 'UTC'))) AS hours
    FROM events FINAL
    WHERE type IN ('delivery_started', 'delivery_finished') AND local_day <= {as_of:Date32}
    GROUP BY customer_id
    HAVING started > 0
)
SELECT customer_id
FROM trips
INNER JOIN (SELECT customer_id, last_day FROM profiles FINAL WHERE snapshot_id = {snapshot:String}
            AND stage IN ('lapsed_light', 'lapsed_heavy', 'lost', 'natural_end')) AS gone USING (customer_id)
WHERE toDate32(started) >= last_day AND hours > (SELECT greatest(quantile(0.9)(hours), 1.5 * quantile(0.5)(hours)) FROM trips)
ORDER BY customer_id

-- name: stated_reasons
-- What leavers chose from a list when asked, the latest.
SELECT customer_id, argMax(choice, said) AS reason
FROM
(
    SELECT customer_id, occurred_at AS said, local_day,
        arrayFirst(r -> r != '', [JSONExtractString(properties, 'reason'), JSONExtractString(properties, 'properties.reason'),
                                  JSONExtractString(JSONExtractString(properties, 'properties'), 'reason')]) AS choice
    FROM events FINAL
    WHERE type IN ('left_reason', 'cancel_reason') AND customer_id != ''
    UNION ALL
    SELECT customer_id, said_at AS said, local_day, toString(reason) AS choice FROM feedback FINAL WHERE reason != ''
) AS told
INNER JOIN (SELECT customer_id, last_day FROM profiles FINAL WHERE snapshot_id = {snapshot:String}
            AND stage IN ('lapsed_light', 'lapsed_heavy', 'lost', 'natural_end')) AS gone USING (customer_id)
WHERE choice != '' AND local_day >= last_day - 7 AND local_day <= {as_of:Date32}
GROUP BY customer_id
ORDER BY customer_id

-- name: labelled_texts
-- What was written together with a choice from a list: the shop's own answers to learn from.
SELECT text, if(chosen != '', chosen, event_reason) AS reason
FROM (SELECT customer_id, said_at, kind, toString(reason) AS chosen, text FROM feedback FINAL WHERE text != '' AND local_day <= {as_of:Date32}) AS said
LEFT JOIN
(
    SELECT customer_id, occurred_at,
        arrayFirst(r -> r != '', [JSONExtractString(properties, 'reason'), JSONExtractString(properties, 'properties.reason'),
                                  JSONExtractString(JSONExtractString(properties, 'properties'), 'reason')]) AS event_reason
    FROM events FINAL
    WHERE type IN ('left_reason', 'cancel_reason')
) AS told USING (customer_id)
WHERE chosen != '' OR (event_reason != '' AND kind = 'survey' AND abs(dateDiff('hour', said_at, occurred_at)) <= 24)
ORDER BY customer_id, said_at
LIMIT 20000

-- name: leaver_feedback
SELECT customer_id, toString(kind) AS kind, ifNull(score, -1) AS score, substring(text, 1, 65536) AS text
FROM feedback FINAL
INNER JOIN (SELECT customer_id, last_day FROM profiles FINAL WHERE snapshot_id = {snapshot:String}
            AND stage IN ('lapsed_light', 'lapsed_heavy', 'lost', 'natural_end')) AS gone USING (customer_id)
WHERE local_day >= last_day - {days:Int32} AND local_day <= {as_of:Date32}
ORDER BY customer_id, said_at

-- name: path_steps
-- Steps of paths (units, lessons, levels, screens) with who reached them and who went no further and left.
WITH steps AS
(
    SELECT customer_id, step, max(occurred_at) AS at
    FROM
    (
        SELECT customer_id, occurred_at, concat(toString(type), ':', arrayFirst(v -> v != '', arrayMap(
            key -> if(JSONExtractString(properties, key) != '', JSONExtractString(properties, key), JSONExtractRaw(properties, key)),
            ['step', 'unit', 'lesson', 'level', 'chapter', 'module']))) AS step
        FROM events FINAL
        WHERE customer_id != '' AND local_day <= {as_of:Date32}
    )
    WHERE NOT endsWith(step, ':')
    GROUP BY customer_id, step
)
SELECT step, toUInt64(count()) AS reached, toUInt64(countIf(is_gone AND at = last_at)) AS stopped
FROM steps
INNER JOIN (SELECT customer_id, max(at) AS last_at FROM steps GROUP BY customer_id) AS ends USING (customer_id)
INNER JOIN (SELECT customer_id, stage IN ('lapsed_light', 'lapsed_heavy', 'lost', 'natural_end') AS is_gone
            FROM profiles FINAL WHERE snapshot_id = {snapshot:String}) AS people USING (customer_id)
GROUP BY step
ORDER BY reached DESC, step
LIMIT 500

-- name: leaver_last_steps
SELECT customer_id, argMax(step, occurred_at) AS step
FROM
(
    SELECT customer_id, occurred_at, concat(toString(type), ':', arrayFirst(v -> v != '', arrayMap(
        key -> if(JSONExtractString(properties, key) != '', JSONExtractString(properties, key), JSONExtractRaw(properties, key)),
        ['step', 'unit', 'lesson', 'level', 'chapter', 'module']))) AS step
    FROM events FINAL
    WHERE customer_id != '' AND local_day <= {as_of:Date32}
)
WHERE NOT endsWith(step, ':')
GROUP BY customer_id
ORDER BY customer_id

-- name: early_features
-- Kinds of events in the first 60 days after the first purchase, among those who have had 60 days.
SELECT type AS feature, toUInt64(countIf(NOT is_gone)) AS stayed_with, toUInt64(countIf(is_gone)) AS left_with
FROM
(
    SELECT DISTINCT customer_id, toString(type) AS type, is_gone
    FROM (SELECT customer_id, local_day, type FROM events FINAL WHERE customer_id != '' AND local_day <= {as_of:Date32}) AS happened
    INNER JOIN (SELECT customer_id, first_day, stage IN ('lapsed_light', 'lapsed_heavy', 'lost', 'natural_end') AS is_gone
                FROM profiles FINAL WHERE snapshot_id = {snapshot:String} AND first_day <= {as_of:Date32} - 60) AS people USING (customer_id)
    WHERE local_day <= first_day + 60 AND local_day >= first_day - 60
)
WHERE feature NOT IN ('visit', 'app_opened', 'app_installed', 'app_uninstalled', 'cart_added', 'return_opened', 'return_closed', 'ticket_opened',
    'ticket_closed', 'opt_out', 'opt_in', 'unsubscribe', 'subscribe', 'spam_complaint', 'left_reason', 'need_ended', 'account_closed',
    'delivery_started', 'delivery_finished', 'order_placed', 'email_sent', 'email_opened', 'email_clicked', 'push_sent', 'message_sent')
GROUP BY feature
ORDER BY stayed_with + left_with DESC, feature
LIMIT 200

-- name: leaver_features
SELECT customer_id, groupUniqArray(200)(toString(type)) AS features
FROM events FINAL
WHERE customer_id != '' AND local_day <= {as_of:Date32}
GROUP BY customer_id
ORDER BY customer_id

-- name: customer_feedback
SELECT toString(kind) AS kind, toInt32(local_day) AS day, substring(text, 1, 4096) AS text
FROM feedback FINAL
WHERE customer_id = {customer:String} AND text != '' AND local_day <= {as_of:Date32}
ORDER BY said_at DESC
LIMIT 20
