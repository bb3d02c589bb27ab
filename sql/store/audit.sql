-- name: last_audit_digest
SELECT digest FROM audit_entry ORDER BY id DESC LIMIT 1

-- name: append_audit_entry
INSERT INTO audit_entry (at, who, user_id, key_id, address, action, object, detail, result, previous, digest)
VALUES ($at, $who, $user_id, $key_id, $address, $action, $object, $detail, $result, $previous, $digest)

-- name: audit_entries_before
SELECT id, at, who, user_id, key_id, address, action, object, detail, result, previous, digest
FROM audit_entry WHERE id < $before ORDER BY id DESC LIMIT $limit

-- name: audit_entries_after
SELECT id, at, who, user_id, key_id, address, action, object, detail, result, previous, digest
FROM audit_entry WHERE id > $after ORDER BY id LIMIT $limit
