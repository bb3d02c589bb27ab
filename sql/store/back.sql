-- name: keep_early
INSERT INTO early_notice (provider, key, channel, event, send_key, reference, provider_id, detail, at, came_at)
VALUES ($provider, $key, $channel, $event, $send_key, $reference, $provider_id, $detail, $at, $came_at)
ON CONFLICT (provider, key) DO NOTHING

-- name: list_early
SELECT provider, key, channel, event, send_key, reference, provider_id, detail, at, came_at
FROM early_notice ORDER BY came_at LIMIT $limit

-- name: drop_early
DELETE FROM early_notice WHERE provider = $provider AND key = $key

-- name: say_feedback
INSERT INTO feedback_due (customer_id, feedback_id, said_at, kind, score, language, order_id, reason, text)
VALUES ($customer_id, $feedback_id, $said_at, $kind, $score, $language, $order_id, $reason, $text)

-- name: unsaid_feedback
SELECT id, customer_id, feedback_id, said_at, kind, score, language, order_id, reason, text
FROM feedback_due ORDER BY id LIMIT $limit

-- name: said_feedback
DELETE FROM feedback_due WHERE id <= $up_to

-- name: defer_link
INSERT INTO deferred_link (message_id, customer_id, target, at) VALUES ($message_id, $customer_id, $target, $at)
ON CONFLICT (message_id) DO UPDATE SET target = excluded.target, at = excluded.at WHERE claimed_at IS NULL

-- name: claim_deferred
UPDATE deferred_link SET claimed_at = $now WHERE message_id = $message_id AND claimed_at IS NULL AND at >= $since
RETURNING message_id, customer_id, target, at

-- name: put_ticket
INSERT INTO ticket (source, ticket_id, customer_id, open, urgent, at)
VALUES ($source, $ticket_id, $customer_id, $open, $urgent, $at)
ON CONFLICT (source, ticket_id) DO UPDATE
SET customer_id = excluded.customer_id, open = excluded.open, urgent = excluded.urgent, at = excluded.at
WHERE excluded.at >= ticket.at

-- name: open_tickets
SELECT source, ticket_id, customer_id, open, urgent, at FROM ticket WHERE open = 1 ORDER BY customer_id, at

-- name: add_invitation
INSERT INTO survey_invitation (survey, customer_id, message_id, channel, invited_at)
VALUES ($survey, $customer_id, $message_id, $channel, $invited_at)

-- name: find_invitation
SELECT id, survey, customer_id, message_id, channel, invited_at, opened_at, started_at, finished_at
FROM survey_invitation WHERE id = $id

-- name: invitation_of_message
SELECT id, survey, customer_id, message_id, channel, invited_at, opened_at, started_at, finished_at
FROM survey_invitation WHERE survey = $survey AND message_id = $message_id

-- name: last_invitation_of
SELECT id, survey, customer_id, message_id, channel, invited_at, opened_at, started_at, finished_at
FROM survey_invitation WHERE customer_id = $customer_id ORDER BY invited_at DESC, id DESC LIMIT 1

-- name: mark_invitation
UPDATE survey_invitation
SET opened_at = COALESCE(opened_at, CASE WHEN $mark >= 0 THEN $at END),
    started_at = COALESCE(started_at, CASE WHEN $mark >= 1 THEN $at END),
    finished_at = COALESCE(finished_at, CASE WHEN $mark >= 2 THEN $at END)
WHERE id = $id

-- name: put_answer
INSERT INTO survey_answer (invitation_id, question, choices, score, text, at)
VALUES ($invitation_id, $question, $choices, $score, $text, $at)
ON CONFLICT (invitation_id, question) DO UPDATE
SET choices = excluded.choices, score = excluded.score, text = excluded.text, at = excluded.at

-- name: list_answers
SELECT invitation_id, question, choices, score, text, at FROM survey_answer WHERE invitation_id = $invitation_id ORDER BY at, question

-- name: count_surveys
SELECT i.survey, COUNT(*), COUNT(i.opened_at), COUNT(i.started_at), COUNT(i.finished_at)
FROM survey_invitation AS i LEFT JOIN outbox AS o ON o.id = i.message_id
WHERE i.message_id = 0 OR i.opened_at IS NOT NULL OR o.state IN (2, 3, 5, 6) GROUP BY i.survey ORDER BY i.survey

-- name: survey_results
SELECT a.question, a.choices, a.score, COUNT(*)
FROM survey_answer AS a INNER JOIN survey_invitation AS i ON i.id = a.invitation_id
WHERE i.survey = $survey GROUP BY a.question, a.choices, a.score ORDER BY a.question, a.choices, a.score

-- name: erase_feedback_due
DELETE FROM feedback_due WHERE customer_id = $customer_id

-- name: erase_answers
DELETE FROM survey_answer WHERE invitation_id IN (SELECT id FROM survey_invitation WHERE customer_id = $customer_id)

-- name: erase_deferred
DELETE FROM deferred_link WHERE customer_id = $customer_id

-- name: erase_tickets
DELETE FROM ticket WHERE customer_id = $customer_id
