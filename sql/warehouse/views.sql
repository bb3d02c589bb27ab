-- name: view_order_lines
-- Every order line once: sales, cancellations, returns, refunds, gifts, adjustments.
CREATE OR REPLACE VIEW v_order_lines AS SELECT * EXCEPT (version) FROM order_lines FINAL

-- name: view_customers
-- What is known of customers beside their orders; no contact data.
CREATE OR REPLACE VIEW v_customers AS SELECT * EXCEPT (version) FROM customers FINAL

-- name: view_products
CREATE OR REPLACE VIEW v_products AS SELECT * EXCEPT (version) FROM products FINAL

-- name: view_events
CREATE OR REPLACE VIEW v_events AS SELECT * EXCEPT (version) FROM events FINAL

-- name: view_feedback
-- What customers wrote and chose.
CREATE OR REPLACE VIEW v_feedback AS SELECT * EXCEPT (version) FROM feedback FINAL

-- name: view_reasons
-- Why lapsed customers left, by the last analysis: one row for each likely reason of a customer.
CREATE OR REPLACE VIEW v_reasons AS SELECT * FROM reasons FINAL

-- name: view_spend
CREATE OR REPLACE VIEW v_spend AS SELECT * EXCEPT (version) FROM spend FINAL

-- name: view_profiles
-- The last analysis, one row a customer.
CREATE OR REPLACE VIEW v_profiles AS SELECT * FROM profiles FINAL

-- name: view_churn
-- The last forecast of `winback churn`, one row a customer who was active.
CREATE OR REPLACE VIEW v_churn AS SELECT * FROM churn FINAL

-- name: view_decisions
-- Every plan's decisions, one row a customer and plan.
CREATE OR REPLACE VIEW v_decisions AS SELECT * FROM decisions FINAL
