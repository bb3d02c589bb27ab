-- name: add_grant
INSERT INTO message_grant (customer_id, template, left_over) VALUES ($customer_id, $template, $n)
ON CONFLICT (customer_id, template) DO UPDATE SET left_over = MIN(left_over + excluded.left_over, 1000)

-- name: take_grant
UPDATE message_grant SET left_over = left_over - 1 WHERE customer_id = $customer_id AND template = $template AND left_over > 0

-- name: count_grants
SELECT left_over FROM message_grant WHERE customer_id = $customer_id AND template = $template

-- name: drop_grants
DELETE FROM message_grant WHERE customer_id = $customer_id AND template = $template

-- name: erase_grants
DELETE FROM message_grant WHERE customer_id = $customer_id

-- name: audience_members
SELECT customer_id, keys, added_at FROM audience_member WHERE audience = $audience ORDER BY customer_id

-- name: add_audience_member
INSERT INTO audience_member (audience, customer_id, keys, added_at) VALUES ($audience, $customer_id, $keys, $added_at)
ON CONFLICT (audience, customer_id) DO UPDATE SET keys = excluded.keys, added_at = excluded.added_at

-- name: remove_audience_member
DELETE FROM audience_member WHERE audience = $audience AND customer_id = $customer_id
