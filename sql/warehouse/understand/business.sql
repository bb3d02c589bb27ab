-- name: business_events
-- What subscriptions, games and courses are understood from. Numbers and names stand in columns of their own, in a JSON
-- column "properties", or flattened from JSON lines.
SELECT
    customer_id,
    toInt32(local_day) AS day,
    toUInt8(transform(toString(type),
        ['subscribed', 'subscription_started', 'resubscribed', 'renewed', 'subscription_renewed', 'cancelled', 'subscription_cancelled',
         'membership_cancelled', 'payment_failed', 'card_declined', 'payment_recovered', 'paused', 'subscription_paused', 'resumed',
         'subscription_resumed', 'session', 'session_started', 'login', 'app_opened', 'payment', 'in_app_purchase', 'top_up', 'item_gained',
         'account_sold', 'unit_started', 'lesson_started', 'unit_completed', 'lesson_completed', 'course_completed'],
        [1, 1, 1, 2, 2, 3, 3, 3, 4, 4, 5, 6, 6, 7, 7, 8, 8, 8, 8, 9, 9, 9, 10, 11, 12, 12, 13, 13, 14], 0)) AS what,
    if(what = 8,
       arrayFirst(v -> v != 0, arrayMap(k -> toFloat64OrZero(replaceAll(JSONExtractRaw(properties, k), '"', '')), ['hours', 'properties.hours']))
           + arrayFirst(v -> v != 0, arrayMap(k -> toFloat64OrZero(replaceAll(JSONExtractRaw(properties, k), '"', '')), ['minutes', 'properties.minutes'])) / 60,
       arrayFirst(v -> v != 0, arrayMap(k -> toFloat64OrZero(replaceAll(JSONExtractRaw(properties, k), '"', '')),
           ['amount', 'price', 'plan_price', 'value', 'properties.amount', 'properties.price', 'properties.plan_price', 'properties.value']))) AS amount,
    arrayFirst(v -> v != '', arrayMap(k -> replaceAll(JSONExtractRaw(properties, k), '"', ''),
        ['unit', 'lesson', 'chapter', 'module', 'plan', 'properties.unit', 'properties.lesson', 'properties.plan'])) AS place
FROM events FINAL
WHERE customer_id != '' AND NOT startsWith(customer_id, 'anon:') AND local_day <= {as_of:Date32} AND what != 0
ORDER BY customer_id, occurred_at, event_id

-- name: last_business_event
SELECT toInt32(max(local_day)) AS day
FROM events FINAL
WHERE customer_id != '' AND type IN ('subscribed', 'subscription_started', 'resubscribed', 'renewed', 'subscription_renewed', 'cancelled',
    'subscription_cancelled', 'membership_cancelled', 'payment_failed', 'card_declined', 'payment_recovered', 'paused', 'subscription_paused',
    'resumed', 'subscription_resumed', 'session', 'session_started', 'login', 'app_opened', 'payment', 'in_app_purchase', 'top_up', 'item_gained',
    'account_sold', 'unit_started', 'lesson_started', 'unit_completed', 'lesson_completed', 'course_completed')
