-- Taking an import back: mutations, so that the bytes go too and nothing masked is left for erasure to miss.

-- name: undo_order_lines
ALTER TABLE order_lines DELETE WHERE import_id = {import_id:UInt32} SETTINGS mutations_sync = 2

-- name: undo_customers
ALTER TABLE customers DELETE WHERE import_id = {import_id:UInt32} SETTINGS mutations_sync = 2

-- name: undo_products
ALTER TABLE products DELETE WHERE import_id = {import_id:UInt32} SETTINGS mutations_sync = 2

-- name: undo_events
ALTER TABLE events DELETE WHERE import_id = {import_id:UInt32} SETTINGS mutations_sync = 2

-- name: undo_feedback
ALTER TABLE feedback DELETE WHERE import_id = {import_id:UInt32} SETTINGS mutations_sync = 2

-- name: undo_spend
ALTER TABLE spend DELETE WHERE import_id = {import_id:UInt32} SETTINGS mutations_sync = 2
