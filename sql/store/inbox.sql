-- name: put_inbox
INSERT INTO inbox (message_id, customer_id, subject, html, body, language, created_at, expires_at)
VALUES ($message_id, $customer_id, $subject, $html, $body, $language, $created_at, $expires_at)
ON CONFLICT (message_id) DO NOTHING

-- name: inbox_of_customer
SELECT id, message_id, customer_id, subject, html, body, language, created_at, expires_at, read_at
FROM inbox WHERE customer_id = $customer_id AND (expires_at IS NULL OR expires_at > $now) ORDER BY created_at DESC, id DESC

-- name: mark_inbox_read
UPDATE inbox SET read_at = COALESCE(read_at, $at) WHERE id = $id AND customer_id = $customer_id

-- name: add_task
INSERT INTO task (enrolment_id, campaign_id, customer_id, step, occurrence, queue, title, script, created_at, deadline,
                  outcome)
VALUES ($enrolment_id, $campaign_id, $customer_id, $step, $occurrence, $queue, $title, $script, $created_at, $deadline, '')
ON CONFLICT (enrolment_id, step, occurrence) DO NOTHING

-- name: open_tasks
SELECT id, enrolment_id, campaign_id, customer_id, step, occurrence, queue, title, script, created_at, deadline, done_at,
       outcome
FROM task WHERE done_at IS NULL ORDER BY deadline, id

-- name: finish_task
UPDATE task SET done_at = $at, outcome = $outcome WHERE id = $id AND done_at IS NULL

-- name: add_tag
INSERT INTO tag (customer_id, tag, at) VALUES ($customer_id, $tag, $at) ON CONFLICT (customer_id, tag) DO NOTHING

-- name: remove_tag
DELETE FROM tag WHERE customer_id = $customer_id AND tag = $tag

-- name: list_tags
SELECT tag FROM tag WHERE customer_id = $customer_id ORDER BY tag
