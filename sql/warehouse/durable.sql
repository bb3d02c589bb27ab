-- What every table of the warehouse promises: an insert is on disk when it returns, old parts outlive a crash, and a
-- repeated token is recognised. The engine's own defaults promise none of it. tools/gen.py puts the block where a CREATE
-- TABLE says {durable}.

-- name: durable
fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, old_parts_lifetime = 480,
non_replicated_deduplication_window = 10000
