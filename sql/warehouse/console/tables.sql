-- name: console_tables
SELECT table AS name, toUInt64(sum(rows)) AS rows, toUInt64(sum(bytes_on_disk)) AS bytes
FROM system.parts WHERE active AND database = currentDatabase() GROUP BY table ORDER BY bytes DESC
