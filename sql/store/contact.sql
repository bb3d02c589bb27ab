-- name: put_contact_point
INSERT INTO contact_point (customer_id, channel, address, name, language, opted_out)
VALUES ($customer_id, $channel, $address, $name, $language, $opted_out)
ON CONFLICT (customer_id, channel) DO UPDATE
SET address = excluded.address, name = excluded.name, language = excluded.language,
    opted_out = CASE WHEN contact_point.opted_out = 1 THEN 1 ELSE excluded.opted_out END

-- name: list_contact_points
SELECT customer_id, channel, address, name, language, opted_out FROM contact_point ORDER BY customer_id, channel

-- name: count_contact_points
SELECT COUNT(*) FROM contact_point
