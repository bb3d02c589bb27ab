-- name: insert_import
INSERT INTO import (kind, file_name, fingerprint, source, started_at, rows_read, rows_kept, rows_rejected, summary_json)
VALUES ($kind, $file_name, $fingerprint, $source, $started_at, 0, 0, 0, $summary_json)

-- name: find_unfinished_import
SELECT id, kind, file_name, fingerprint, source, started_at, finished_at, undone_at, rows_read, rows_kept, rows_rejected,
       first_day, last_day, summary_json
FROM import WHERE fingerprint = $fingerprint AND finished_at IS NULL AND undone_at IS NULL

-- name: find_finished_import
SELECT id, kind, file_name, fingerprint, source, started_at, finished_at, undone_at, rows_read, rows_kept, rows_rejected,
       first_day, last_day, summary_json
FROM import WHERE fingerprint = $fingerprint AND finished_at IS NOT NULL AND undone_at IS NULL
ORDER BY id DESC LIMIT 1

-- name: find_import
SELECT id, kind, file_name, fingerprint, source, started_at, finished_at, undone_at, rows_read, rows_kept, rows_rejected,
       first_day, last_day, summary_json
FROM import WHERE id = $id

-- name: list_imports
SELECT id, kind, file_name, fingerprint, source, started_at, finished_at, undone_at, rows_read, rows_kept, rows_rejected,
       first_day, last_day, summary_json
FROM import ORDER BY id DESC

-- name: finish_import
UPDATE import
SET finished_at = $finished_at, rows_read = $rows_read, rows_kept = $rows_kept, rows_rejected = $rows_rejected,
    first_day = $first_day, last_day = $last_day, summary_json = $summary_json
WHERE id = $id

-- name: undo_import
UPDATE import SET undone_at = COALESCE(undone_at, $undone_at) WHERE id = $id
