-- name: add_response
INSERT INTO response (key, kind, message_id, enrolment_id, campaign_id, customer_id, step, at, human, detail)
VALUES ($key, $kind, $message_id, $enrolment_id, $campaign_id, $customer_id, $step, $at, $human, $detail)
ON CONFLICT (key) DO NOTHING

-- name: responses_of_enrolment
SELECT key, kind, message_id, enrolment_id, campaign_id, customer_id, step, at, human, detail
FROM response WHERE enrolment_id = $id ORDER BY at, key

-- name: responses_of_message
SELECT key, kind, message_id, enrolment_id, campaign_id, customer_id, step, at, human, detail
FROM response WHERE message_id = $id ORDER BY at, key

-- name: count_responses
SELECT step, kind, COUNT(DISTINCT CASE WHEN human >= 0.5 THEN customer_id END),
       SUM(CASE WHEN human < 0.5 THEN 1 ELSE 0 END)
FROM response WHERE campaign_id = $campaign_id GROUP BY step, kind ORDER BY step, kind

-- name: count_complaints
SELECT COUNT(*) FROM response WHERE campaign_id = $campaign_id AND kind = 5 AND at >= $since

-- name: find_link_id
SELECT id FROM link WHERE url = $url

-- name: add_link
INSERT INTO link (url) VALUES ($url)

-- name: find_link_url
SELECT url FROM link WHERE id = $id
