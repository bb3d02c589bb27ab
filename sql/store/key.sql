-- name: add_api_key
INSERT INTO api_key (name, digest, created_at, scopes, created_by) VALUES ($name, $digest, $created_at, $scopes, $created_by)
ON CONFLICT (name) WHERE revoked_at IS NULL DO NOTHING

-- name: list_api_keys
SELECT id, name, digest, created_at, revoked_at, scopes, created_by, last_used_at FROM api_key ORDER BY id

-- name: revoke_api_key
UPDATE api_key SET revoked_at = $at WHERE name = $name AND revoked_at IS NULL

-- name: touch_api_key
UPDATE api_key SET last_used_at = $at WHERE id = $id
