-- name: add_event_trigger
INSERT INTO event_trigger (campaign_id, event_id, at) VALUES ($campaign_id, $event_id, $at)
ON CONFLICT (campaign_id, event_id) DO NOTHING

-- name: forget_event_triggers
DELETE FROM event_trigger WHERE at < $before

-- name: find_identity
SELECT person_id FROM identity WHERE customer_id = $customer_id

-- name: ids_of_person
SELECT customer_id FROM identity WHERE person_id = $person_id ORDER BY customer_id

-- name: other_ids_of_person
SELECT customer_id FROM identity
WHERE person_id = (SELECT person_id FROM identity WHERE customer_id = $customer_id) AND customer_id <> $customer_id

-- name: save_identity
INSERT INTO identity (customer_id, person_id, changed) VALUES ($customer_id, $person_id, $changed)
ON CONFLICT (customer_id) DO UPDATE SET person_id = excluded.person_id, changed = excluded.changed

-- name: move_identity
UPDATE identity SET person_id = $person_id, changed = $changed WHERE person_id = $was

-- name: add_identity_history
INSERT INTO identity_history (customer_id, other_id, person_id, why, at) VALUES ($customer_id, $other_id, $person_id, $why, $at)

-- name: identity_history_of
SELECT id, customer_id, other_id, person_id, why, at FROM identity_history
WHERE customer_id = $customer_id OR other_id = $customer_id ORDER BY id

-- name: identity_changes
SELECT COALESCE(MAX(id), 0) FROM identity_history

-- name: list_identities
SELECT customer_id, person_id FROM identity WHERE changed > $after ORDER BY changed, customer_id
