-- name: save_plan
INSERT INTO plan (id, made_at, as_of, currency, preset, salt, holdout_share, horizon_days, summary_json)
VALUES ($id, $made_at, $as_of, $currency, $preset, $salt, $holdout_share, $horizon_days, $summary_json)
ON CONFLICT (id) DO UPDATE
SET made_at = excluded.made_at, as_of = excluded.as_of, currency = excluded.currency, preset = excluded.preset,
    salt = excluded.salt, holdout_share = excluded.holdout_share, horizon_days = excluded.horizon_days,
    summary_json = excluded.summary_json

-- name: find_plan
SELECT id, made_at, as_of, currency, preset, salt, holdout_share, horizon_days, summary_json FROM plan WHERE id = $id

-- name: list_plans
SELECT id, made_at, as_of, currency, preset, salt, holdout_share, horizon_days, summary_json FROM plan
ORDER BY made_at DESC, id DESC
