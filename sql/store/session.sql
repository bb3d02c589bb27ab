-- name: add_session
INSERT INTO console_session (digest, user_id, created_at, last_seen_at, address, agent)
VALUES ($digest, $user_id, $created_at, $last_seen_at, $address, $agent)

-- name: find_session
SELECT id, digest, user_id, created_at, last_seen_at, address, agent FROM console_session WHERE digest = $digest

-- name: sessions_of_user
SELECT id, digest, user_id, created_at, last_seen_at, address, agent FROM console_session
WHERE user_id = $user_id ORDER BY id DESC

-- name: touch_session
UPDATE console_session SET last_seen_at = $at WHERE digest = $digest

-- name: end_session
DELETE FROM console_session WHERE digest = $digest

-- name: end_session_of_user
DELETE FROM console_session WHERE id = $id AND user_id = $user_id

-- name: end_sessions_of_user
DELETE FROM console_session WHERE user_id = $user_id AND digest <> $but

-- name: drop_old_sessions
DELETE FROM console_session WHERE last_seen_at < $idle_since OR created_at < $begun_before
