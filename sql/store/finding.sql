-- name: save_finding
INSERT INTO finding (name, made_at, json) VALUES ($name, $made_at, $json)
ON CONFLICT (name) DO UPDATE SET made_at = excluded.made_at, json = excluded.json

-- name: find_finding
SELECT made_at, json FROM finding WHERE name = $name

-- name: count_contacts
-- How many addresses there are by channel, how many said no, how many may never be written to.
SELECT p.channel, COUNT(*), COALESCE(SUM(p.opted_out), 0),
       (SELECT COUNT(*) FROM suppression s WHERE s.channel = p.channel)
FROM contact_point p GROUP BY p.channel ORDER BY p.channel

-- name: latest_consents
SELECT customer_id, channel, topic, state, valid_from, recorded_at, source, proof
FROM consent ORDER BY id DESC LIMIT $limit
