-- name: add_user
INSERT INTO console_user (email, name, role, state, password, issuer, subject, language, theme, created_at)
VALUES ($email, $name, $role, $state, $password, $issuer, $subject, $language, $theme, $created_at)
ON CONFLICT DO NOTHING

-- name: save_user
UPDATE console_user SET email = $email, name = $name, role = $role, state = $state, password = $password, issuer = $issuer,
  subject = $subject, language = $language, theme = $theme, last_seen_at = $last_seen_at
WHERE id = $id

-- name: find_user
SELECT id, email, name, role, state, password, issuer, subject, language, theme, created_at, last_seen_at
FROM console_user WHERE id = $id

-- name: find_user_by_email
SELECT id, email, name, role, state, password, issuer, subject, language, theme, created_at, last_seen_at
FROM console_user WHERE email = $email

-- name: find_user_by_subject
SELECT id, email, name, role, state, password, issuer, subject, language, theme, created_at, last_seen_at
FROM console_user WHERE issuer = $issuer AND subject = $subject AND subject <> ''

-- name: list_users
SELECT id, email, name, role, state, password, issuer, subject, language, theme, created_at, last_seen_at
FROM console_user ORDER BY id

-- name: remove_user
DELETE FROM console_user WHERE id = $id

-- name: put_one_time_link
INSERT INTO one_time_link (digest, purpose, user_id, expires_at) VALUES ($digest, $purpose, $user_id, $expires_at)

-- name: find_one_time_link
SELECT digest, purpose, user_id, expires_at FROM one_time_link
WHERE digest = $digest AND purpose = $purpose AND expires_at > $now

-- name: drop_one_time_links
DELETE FROM one_time_link WHERE user_id = $user_id
