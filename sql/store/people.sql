-- name: find_person
SELECT customer_id, zone, country, birth_year, last_order, last_click, paused_until, less_often, do_not_disturb,
       not_personalised, unanswered
FROM person WHERE customer_id = $customer_id

-- name: put_person
INSERT INTO person (customer_id, zone, country, birth_year, last_order, last_click, paused_until, less_often,
                    do_not_disturb, not_personalised, unanswered)
VALUES ($customer_id, $zone, $country, $birth_year, $last_order, $last_click, $paused_until, $less_often,
        $do_not_disturb, $not_personalised, $unanswered)
ON CONFLICT (customer_id) DO UPDATE
SET zone = excluded.zone, country = excluded.country, birth_year = excluded.birth_year, last_order = excluded.last_order,
    last_click = excluded.last_click, paused_until = excluded.paused_until, less_often = excluded.less_often,
    do_not_disturb = excluded.do_not_disturb, not_personalised = excluded.not_personalised,
    unanswered = excluded.unanswered

-- name: find_contact_point
SELECT customer_id, channel, address, name, language, opted_out FROM contact_point
WHERE customer_id = $customer_id AND channel = $channel

-- name: customers_of_address
SELECT customer_id FROM contact_point WHERE channel = $channel AND address = $address ORDER BY customer_id

-- name: list_consents
SELECT customer_id, channel, topic, state, valid_from, recorded_at, source, proof
FROM consent WHERE customer_id = $customer_id ORDER BY valid_from, id

-- name: add_consent
INSERT INTO consent (customer_id, channel, topic, state, valid_from, recorded_at, source, proof)
VALUES ($customer_id, $channel, $topic, $state, $valid_from, $recorded_at, $source, $proof)
ON CONFLICT (customer_id, channel, topic, state, valid_from, source, proof) DO NOTHING

-- name: contacts_of
SELECT at, channel, purpose, sent FROM contact
WHERE customer_id = $customer_id AND at >= $since AND ghost <= $ghosts AND message_id <> $without ORDER BY at

-- name: suppress
INSERT INTO suppression (channel, address_key, reason, at) VALUES ($channel, $address_key, $reason, $at)
ON CONFLICT (channel, address_key) DO NOTHING

-- name: find_suppression
SELECT reason FROM suppression WHERE channel = $channel AND address_key = $address_key

-- name: points_of_customer
SELECT customer_id, channel, address, name, language, opted_out FROM contact_point WHERE customer_id = $customer_id

-- name: erase_contact_points
DELETE FROM contact_point WHERE customer_id = $customer_id

-- name: erase_person
DELETE FROM person WHERE customer_id = $customer_id

-- name: erase_facts
DELETE FROM enrolment_facts WHERE enrolment_id IN (SELECT id FROM enrolment WHERE customer_id = $customer_id)

-- name: erase_frozen
DELETE FROM outbox_frozen WHERE message_id IN (SELECT id FROM outbox WHERE customer_id = $customer_id)

-- name: erase_inbox
DELETE FROM inbox WHERE customer_id = $customer_id

-- name: erase_tasks
UPDATE task SET title = '', script = '', outcome = '' WHERE customer_id = $customer_id

-- name: erase_tags
DELETE FROM tag WHERE customer_id = $customer_id

-- name: erase_consents
DELETE FROM consent WHERE customer_id = $customer_id

-- name: erase_response_texts
UPDATE response SET detail = '' WHERE customer_id = $customer_id AND kind <> 2

-- name: erase_outbox_texts
UPDATE outbox SET detail = '', provider_id = '' WHERE customer_id = $customer_id AND state > 2

-- name: erase_evidence_texts
UPDATE outbox_evidence SET detail = '', provider_id = ''
WHERE message_id IN (SELECT id FROM outbox WHERE customer_id = $customer_id)
