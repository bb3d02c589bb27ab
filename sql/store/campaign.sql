-- name: save_campaign
INSERT INTO campaign (id, journey, state, pause_reason, version, topic, plan_id, salt, holdout_share, launched_at)
VALUES ($id, $journey, $state, $pause_reason, $version, $topic, $plan_id, $salt, $holdout_share, $launched_at)
ON CONFLICT (id) DO UPDATE
SET journey = excluded.journey, state = excluded.state, pause_reason = excluded.pause_reason, version = excluded.version,
    topic = excluded.topic, plan_id = excluded.plan_id, salt = excluded.salt, holdout_share = excluded.holdout_share,
    launched_at = excluded.launched_at

-- name: find_campaign
SELECT id, journey, state, pause_reason, version, topic, plan_id, salt, holdout_share, launched_at
FROM campaign WHERE id = $id

-- name: list_campaigns
SELECT id, journey, state, pause_reason, version, topic, plan_id, salt, holdout_share, launched_at
FROM campaign ORDER BY launched_at DESC, id DESC

-- name: add_campaign_version
INSERT INTO campaign_version (campaign_id, version, source, launched_at, launched_by)
VALUES ($campaign_id, $version, $source, $launched_at, $launched_by)

-- name: find_campaign_version
SELECT campaign_id, version, source, launched_at, launched_by
FROM campaign_version WHERE campaign_id = $campaign_id AND version = $version

-- name: approve
INSERT INTO approval (checksum, approved_by, journey, amount, at)
VALUES ($checksum, $approved_by, $journey, $amount, $at)
ON CONFLICT (checksum, approved_by) DO UPDATE SET amount = excluded.amount, at = excluded.at

-- name: list_approvals
SELECT journey, checksum, approved_by, amount, at FROM approval WHERE checksum = $checksum ORDER BY at

-- name: find_reading
SELECT value FROM reading WHERE name = $name

-- name: save_reading
INSERT INTO reading (name, value) VALUES ($name, $value) ON CONFLICT (name) DO UPDATE SET value = excluded.value
