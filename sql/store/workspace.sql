-- name: create_migration_table
CREATE TABLE IF NOT EXISTS schema_migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL)

-- name: list_migrations
SELECT number, name, checksum FROM schema_migration ORDER BY number

-- name: record_migration
INSERT INTO schema_migration (number, name, checksum) VALUES ($number, $name, $checksum)

-- name: insert_workspace
INSERT INTO workspace (id, secret) VALUES ($id, $secret)

-- name: find_workspace
SELECT id, secret FROM workspace
