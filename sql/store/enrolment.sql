-- name: add_enrolment
INSERT INTO enrolment (campaign_id, version, customer_id, entry_number, control, propensity, entered_at, step, state,
                       wake_at, visits, offer_id, code, code_ends, exit_reason, finished_at)
VALUES ($campaign_id, $version, $customer_id, $entry_number, $control, $propensity, $entered_at, $step, $state,
        $wake_at, $visits, $offer_id, $code, $code_ends, $exit_reason, $finished_at)
ON CONFLICT (campaign_id, customer_id, entry_number) DO NOTHING

-- name: add_enrolment_facts
INSERT INTO enrolment_facts (enrolment_id, facts) VALUES ($id, $facts)

-- name: save_enrolment
UPDATE enrolment
SET version = $version, step = $step, state = $state, wake_at = $wake_at, visits = $visits, offer_id = $offer_id,
    code = $code, code_ends = $code_ends, exit_reason = $exit_reason, finished_at = $finished_at
WHERE id = $id

-- name: find_enrolment
SELECT id, campaign_id, version, customer_id, entry_number, control, propensity, entered_at, step, state, wake_at,
       visits, offer_id, code, code_ends, exit_reason, finished_at
FROM enrolment WHERE id = $id

-- name: find_enrolment_facts
SELECT facts FROM enrolment_facts WHERE enrolment_id = $id

-- name: last_entry
SELECT id, campaign_id, version, customer_id, entry_number, control, propensity, entered_at, step, state, wake_at,
       visits, offer_id, code, code_ends, exit_reason, finished_at
FROM enrolment WHERE campaign_id = $campaign_id AND customer_id = $customer_id ORDER BY entry_number DESC LIMIT 1

-- name: due_enrolments
SELECT id, campaign_id, version, customer_id, entry_number, control, propensity, entered_at, step, state, wake_at,
       visits, offer_id, code, code_ends, exit_reason, finished_at
FROM enrolment WHERE campaign_id = $campaign_id AND wake_at IS NOT NULL AND wake_at <= $now ORDER BY wake_at LIMIT $limit

-- name: next_due_enrolment
SELECT MIN((SELECT MIN(e.wake_at) FROM enrolment e WHERE e.campaign_id = c.id AND e.wake_at IS NOT NULL))
FROM campaign c WHERE c.state = 0

-- name: open_enrolments_of_customer
SELECT id, campaign_id, version, customer_id, entry_number, control, propensity, entered_at, step, state, wake_at,
       visits, offer_id, code, code_ends, exit_reason, finished_at
FROM enrolment WHERE customer_id = $customer_id AND state <> 2 ORDER BY id

-- name: open_enrolments_of_campaign
SELECT id, campaign_id, version, customer_id, entry_number, control, propensity, entered_at, step, state, wake_at,
       visits, offer_id, code, code_ends, exit_reason, finished_at
FROM enrolment WHERE campaign_id = $campaign_id AND state <> 2 ORDER BY id

-- name: count_enrolments
SELECT step, state, exit_reason, control, COUNT(*) FROM enrolment WHERE campaign_id = $campaign_id
GROUP BY step, state, exit_reason, control ORDER BY step, state, exit_reason, control

-- name: move_enrolments
UPDATE enrolment SET version = $version WHERE campaign_id = $campaign_id AND state <> 2

-- name: wake_enrolment
UPDATE enrolment SET wake_at = $at WHERE id = $id AND state = 1

-- name: list_assigned
SELECT e.customer_id, e.control, e.entered_at,
       COALESCE((SELECT SUM(c.cost) FROM code c WHERE c.enrolment_id = e.id AND c.state = 2), 0),
       (SELECT COUNT(*) FROM outbox o WHERE o.enrolment_id = e.id AND o.state IN (3, 5, 6))
FROM enrolment e WHERE e.campaign_id = $campaign_id ORDER BY e.entered_at, e.id
