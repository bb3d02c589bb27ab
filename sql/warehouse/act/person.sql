-- One person's rows: what is held about them, and its erasure. Erasing mutates, so that the bytes go; the files of before
-- are let go at once instead of after the usual eight minutes.

-- name: person_ids
-- The other ids of the same person.
SELECT customer_id FROM identities FINAL
WHERE person_id IN (SELECT person_id FROM identities FINAL WHERE customer_id = {customer:String}) ORDER BY customer_id

-- name: erase_from_customers
ALTER TABLE customers DELETE WHERE customer_id = {customer:String} SETTINGS mutations_sync = 2

-- name: erase_from_profiles
ALTER TABLE profiles DELETE WHERE customer_id = {customer:String} SETTINGS mutations_sync = 2

-- name: erase_from_churn
ALTER TABLE churn DELETE WHERE customer_id = {customer:String} SETTINGS mutations_sync = 2

-- name: erase_event_texts
ALTER TABLE events UPDATE properties = '{}' WHERE customer_id = {customer:String} SETTINGS mutations_sync = 2

-- name: erase_from_feedback
ALTER TABLE feedback DELETE WHERE customer_id = {customer:String} SETTINGS mutations_sync = 2

-- name: erase_from_reasons
ALTER TABLE reasons DELETE WHERE customer_id = {customer:String} SETTINGS mutations_sync = 2

-- name: hurry_customers
ALTER TABLE customers MODIFY SETTING old_parts_lifetime = 1

-- name: hurry_profiles
ALTER TABLE profiles MODIFY SETTING old_parts_lifetime = 1

-- name: hurry_churn
ALTER TABLE churn MODIFY SETTING old_parts_lifetime = 1

-- name: hurry_events
ALTER TABLE events MODIFY SETTING old_parts_lifetime = 1

-- name: hurry_feedback
ALTER TABLE feedback MODIFY SETTING old_parts_lifetime = 1

-- name: hurry_reasons
ALTER TABLE reasons MODIFY SETTING old_parts_lifetime = 1

-- name: calm_customers
ALTER TABLE customers MODIFY SETTING old_parts_lifetime = 480

-- name: calm_profiles
ALTER TABLE profiles MODIFY SETTING old_parts_lifetime = 480

-- name: calm_churn
ALTER TABLE churn MODIFY SETTING old_parts_lifetime = 480

-- name: calm_events
ALTER TABLE events MODIFY SETTING old_parts_lifetime = 480

-- name: calm_feedback
ALTER TABLE feedback MODIFY SETTING old_parts_lifetime = 480

-- name: calm_reasons
ALTER TABLE reasons MODIFY SETTING old_parts_lifetime = 480

-- Starting what runs already wakes the engine's housekeeping, which otherwise sleeps for half a minute and more.

-- name: wake_customers
SYSTEM START CLEANUP customers

-- name: wake_profiles
SYSTEM START CLEANUP profiles

-- name: wake_churn
SYSTEM START CLEANUP churn

-- name: wake_events
SYSTEM START CLEANUP events

-- name: wake_feedback
SYSTEM START CLEANUP feedback

-- name: wake_reasons
SYSTEM START CLEANUP reasons

-- name: old_parts
SELECT count() AS parts FROM system.parts
WHERE database = currentDatabase() AND table IN ('customers', 'profiles', 'churn', 'events', 'feedback', 'reasons') AND NOT active

-- name: person_orders
SELECT * FROM order_lines FINAL WHERE customer_id = {customer:String} ORDER BY ordered_at, order_id, line_key

-- name: person_attributes
SELECT * FROM customers FINAL WHERE customer_id = {customer:String}

-- name: person_events
SELECT * FROM events FINAL WHERE customer_id = {customer:String} ORDER BY occurred_at, event_id

-- name: person_feedback
SELECT * FROM feedback FINAL WHERE customer_id = {customer:String} ORDER BY said_at, feedback_id

-- name: person_reasons
SELECT * FROM reasons FINAL WHERE customer_id = {customer:String} ORDER BY as_of, rank

-- name: person_profile
SELECT * FROM profiles FINAL WHERE customer_id = {customer:String}

-- name: person_churn
SELECT * FROM churn FINAL WHERE customer_id = {customer:String}

-- name: person_decisions
SELECT * FROM decisions FINAL WHERE customer_id = {customer:String} ORDER BY as_of, plan_id
