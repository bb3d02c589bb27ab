-- name: add_loyalty_entry
INSERT INTO loyalty_entry (customer_id, kind, source, order_key, points, amount, day, expires_on, reason, booked_at)
VALUES ($customer_id, $kind, $source, $order_key, $points, $amount, $day, $expires_on, $reason, $booked_at)
ON CONFLICT (source) DO NOTHING

-- name: loyalty_entries
-- Of the person: what was booked under another of their ids is theirs.
SELECT id, customer_id, kind, source, order_key, points, amount, day, expires_on, reason, booked_at
FROM loyalty_entry
WHERE customer_id IN (SELECT $customer_id UNION
                      SELECT o.customer_id FROM identity AS i INNER JOIN identity AS o ON o.person_id = i.person_id WHERE i.customer_id = $customer_id)
ORDER BY day, id

-- name: loyalty_of_order
SELECT COUNT(*), COALESCE(SUM(points), 0), COALESCE(SUM(amount), 0) FROM loyalty_entry WHERE order_key = $order_key AND order_key <> ''

-- name: loyalty_entry_of_source
SELECT id, customer_id, kind, source, order_key, points, amount, day, expires_on, reason, booked_at
FROM loyalty_entry WHERE source = $source

-- name: loyalty_customers
SELECT DISTINCT COALESCE(i.person_id, e.customer_id) AS person
FROM loyalty_entry AS e LEFT JOIN identity AS i ON i.customer_id = e.customer_id ORDER BY person

-- name: find_loyalty_member
SELECT tier, since, below_since, balance FROM loyalty_member WHERE customer_id = $customer_id

-- name: save_loyalty_member
INSERT INTO loyalty_member (customer_id, tier, since, below_since, balance) VALUES ($customer_id, $tier, $since, $below_since, $balance)
ON CONFLICT (customer_id) DO UPDATE SET tier = excluded.tier, since = excluded.since, below_since = excluded.below_since, balance = excluded.balance

-- name: add_loyalty_notice
INSERT INTO loyalty_notice (customer_id, what, at) VALUES ($customer_id, $what, $at) ON CONFLICT (customer_id, what) DO NOTHING

-- name: find_loyalty_notice
SELECT at FROM loyalty_notice WHERE customer_id = $customer_id AND what = $what

-- name: erase_loyalty_entries
DELETE FROM loyalty_entry WHERE customer_id = $customer_id

-- name: erase_loyalty_member
DELETE FROM loyalty_member WHERE customer_id = $customer_id

-- name: erase_loyalty_notices
DELETE FROM loyalty_notice WHERE customer_id = $customer_id

-- name: add_referral_code
INSERT INTO referral_code (customer_id, code, created_at) VALUES ($customer_id, $code, $at) ON CONFLICT (customer_id) DO NOTHING

-- name: find_referrer
SELECT customer_id FROM referral_code WHERE code = $code

-- name: find_referral_code
SELECT code FROM referral_code WHERE customer_id = $customer_id

-- name: add_referral
INSERT INTO referral (referrer_id, newcomer_id, order_key, day, state, due_on, referrer_code, newcomer_code)
VALUES ($referrer_id, $newcomer_id, $order_key, $day, $state, $due_on, '', '')
ON CONFLICT DO NOTHING

-- name: save_referral
UPDATE referral SET state = $state, referrer_code = $referrer_code, newcomer_code = $newcomer_code WHERE id = $id

-- name: find_referral
SELECT id, referrer_id, newcomer_id, order_key, day, state, due_on, referrer_code, newcomer_code FROM referral WHERE id = $id

-- name: referral_of_newcomer
SELECT id, referrer_id, newcomer_id, order_key, day, state, due_on, referrer_code, newcomer_code
FROM referral WHERE newcomer_id = $newcomer_id AND newcomer_id <> ''

-- name: referrals_of
SELECT id, referrer_id, newcomer_id, order_key, day, state, due_on, referrer_code, newcomer_code
FROM referral WHERE referrer_id = $referrer_id ORDER BY day, id

-- name: list_referrals
SELECT id, referrer_id, newcomer_id, order_key, day, state, due_on, referrer_code, newcomer_code FROM referral ORDER BY id DESC

-- name: referrals_due
SELECT id, referrer_id, newcomer_id, order_key, day, state, due_on, referrer_code, newcomer_code
FROM referral WHERE state = 0 AND due_on <= $day ORDER BY due_on, id

-- name: add_referral_decision
INSERT INTO referral_decision (referral_id, state, ground, decided_by, at) VALUES ($referral_id, $state, $ground, $decided_by, $at)

-- name: referral_decisions
SELECT state, ground, decided_by, at FROM referral_decision WHERE referral_id = $referral_id ORDER BY id

-- name: erase_referral_code
DELETE FROM referral_code WHERE customer_id = $customer_id

-- name: erase_referrals_made
UPDATE referral SET referrer_id = '' WHERE referrer_id = $customer_id

-- name: erase_referrals_used
UPDATE referral SET newcomer_id = '' WHERE newcomer_id = $customer_id
