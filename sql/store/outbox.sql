-- name: add_message
INSERT INTO outbox (send_key, enrolment_id, campaign_id, version, customer_id, step, occurrence, channel, letter, topic,
                    purpose, ghost, state, due_at, last_by, attempt, provider_id, detail, created_at)
VALUES ($send_key, $enrolment_id, $campaign_id, $version, $customer_id, $step, $occurrence, $channel, $letter, $topic,
        $purpose, $ghost, 0, $due_at, $last_by, 0, '', '', $created_at)
ON CONFLICT (send_key) DO NOTHING

-- name: add_contact
INSERT INTO contact (message_id, customer_id, channel, purpose, ghost, sent, at)
VALUES ($message_id, $customer_id, $channel, $purpose, $ghost, 0, $at)
ON CONFLICT (message_id) DO UPDATE SET at = excluded.at

-- name: move_contact
UPDATE contact SET at = $at, sent = $sent WHERE message_id = $message_id

-- name: remove_contact
DELETE FROM contact WHERE message_id = $message_id

-- name: claim_messages
UPDATE outbox SET state = 1, attempt = attempt + 1, lease_until = $lease_until
WHERE id IN (SELECT id FROM outbox
             WHERE channel = $channel AND state = 0 AND due_at <= $now
               AND (campaign_id = '' OR campaign_id IN (SELECT id FROM campaign WHERE state = 0))
             ORDER BY due_at LIMIT $limit)
RETURNING id, send_key, enrolment_id, campaign_id, version, customer_id, step, occurrence, channel, letter, topic, purpose,
          ghost, state, due_at, last_by, attempt, provider_id, detail, created_at, attempted_at, settled_at

-- name: attempt_message
UPDATE outbox SET state = 2, attempted_at = $now
WHERE id = $id AND state = 1 AND attempt = $attempt AND lease_until > $now

-- name: freeze_message
INSERT INTO outbox_frozen (message_id, subject, html, body, language, link, template_id, fields)
VALUES ($id, $subject, $html, $body, $language, $link, $template_id, $fields)
ON CONFLICT (message_id) DO UPDATE
SET subject = excluded.subject, html = excluded.html, body = excluded.body, language = excluded.language,
    link = excluded.link, template_id = excluded.template_id, fields = excluded.fields

-- name: thaw_message
DELETE FROM outbox_frozen WHERE message_id = $id

-- name: find_frozen
SELECT subject, html, body, language, link, template_id, fields FROM outbox_frozen WHERE message_id = $id

-- name: settle_message
UPDATE outbox
SET state = $state, provider_id = $provider_id, detail = $detail, settled_at = $settled_at, due_at = $due_at,
    lease_until = NULL
WHERE id = $id AND attempt = $attempt AND (state IN (1, 2) OR (state = 5 AND $state IN (3, 6)))

-- name: accept_late
UPDATE outbox SET state = 3, provider_id = $provider_id, detail = $detail, settled_at = $settled_at
WHERE id = $id AND (state IN (5, 6) OR (state = 0 AND attempt > 0))

-- name: add_evidence
INSERT INTO outbox_evidence (message_id, attempt, state, provider_id, detail, at)
VALUES ($id, $attempt, $state, $provider_id, $detail, $at)

-- name: expired_messages
SELECT id, send_key, enrolment_id, campaign_id, version, customer_id, step, occurrence, channel, letter, topic, purpose,
       ghost, state, due_at, last_by, attempt, provider_id, detail, created_at, attempted_at, settled_at
FROM outbox WHERE lease_until IS NOT NULL AND lease_until <= $now ORDER BY lease_until

-- name: release_message
UPDATE outbox SET state = $state, lease_until = NULL, settled_at = $settled_at WHERE id = $id

-- name: unknown_messages
SELECT id, send_key, enrolment_id, campaign_id, version, customer_id, step, occurrence, channel, letter, topic, purpose,
       ghost, state, due_at, last_by, attempt, provider_id, detail, created_at, attempted_at, settled_at
FROM outbox WHERE state = 5 AND attempted_at <= $before ORDER BY attempted_at LIMIT $limit

-- name: find_message
SELECT id, send_key, enrolment_id, campaign_id, version, customer_id, step, occurrence, channel, letter, topic, purpose,
       ghost, state, due_at, last_by, attempt, provider_id, detail, created_at, attempted_at, settled_at
FROM outbox WHERE id = $id

-- name: find_message_by_key
SELECT id, send_key, enrolment_id, campaign_id, version, customer_id, step, occurrence, channel, letter, topic, purpose,
       ghost, state, due_at, last_by, attempt, provider_id, detail, created_at, attempted_at, settled_at
FROM outbox WHERE send_key = $send_key

-- name: find_message_by_provider
SELECT id, send_key, enrolment_id, campaign_id, version, customer_id, step, occurrence, channel, letter, topic, purpose,
       ghost, state, due_at, last_by, attempt, provider_id, detail, created_at, attempted_at, settled_at
FROM outbox WHERE provider_id = $provider_id AND provider_id <> '' AND channel = $channel ORDER BY id DESC LIMIT 1

-- name: messages_of_customer
SELECT id, send_key, enrolment_id, campaign_id, version, customer_id, step, occurrence, channel, letter, topic, purpose,
       ghost, state, due_at, last_by, attempt, provider_id, detail, created_at, attempted_at, settled_at
FROM outbox WHERE customer_id = $customer_id ORDER BY id

-- name: open_messages
SELECT id FROM outbox WHERE enrolment_id = $enrolment_id AND state < 2

-- name: cancel_message
UPDATE outbox SET state = 9, detail = $detail, settled_at = $now, lease_until = NULL WHERE id = $id AND state < 2

-- name: count_messages
SELECT step, state, CASE WHEN state IN (4, 7, 9) THEN detail ELSE '' END AS why, COUNT(*)
FROM outbox WHERE campaign_id = $campaign_id AND (ghost = 0 OR state = 8) GROUP BY step, state, why ORDER BY step, state, why

-- name: attempted_since
SELECT COUNT(*) FROM outbox WHERE channel = $channel AND attempted_at >= $since

-- name: count_channel
SELECT o.state, CASE WHEN o.state = 4 THEN o.detail ELSE '' END AS why, COUNT(*),
       SUM(EXISTS (SELECT 1 FROM response r WHERE r.message_id = o.id AND r.kind IN (2, 7) AND r.human >= 0.5))
FROM outbox o
WHERE o.channel = $channel AND o.attempted_at >= $since AND o.ghost = 0
GROUP BY o.state, why
ORDER BY COUNT(*) DESC

-- name: first_attempt
SELECT MIN(attempted_at) FROM outbox WHERE channel = $channel AND attempted_at IS NOT NULL

-- name: count_accepted
SELECT COUNT(*) FROM outbox WHERE campaign_id = $campaign_id AND state = 3 AND attempted_at >= $since

-- name: next_due_message
SELECT MIN(due_at) FROM outbox
WHERE channel = $channel AND state = 0 AND (campaign_id = '' OR campaign_id IN (SELECT id FROM campaign WHERE state = 0))
