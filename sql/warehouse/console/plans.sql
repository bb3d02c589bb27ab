-- name: console_decisions
-- A page of a plan's decisions with what the sentences about them need.
SELECT d.plan_id AS plan_id, d.as_of AS as_of, d.customer_id AS customer_id, toString(d.verdict) AS verdict, toString(d.class) AS class, toString(d.filter) AS filter,
    toString(d.offer) AS offer, toString(d.best_offer) AS best_offer, d.worth AS worth, d.worth_low AS worth_low, d.worth_high AS worth_high,
    d.chance_positive AS chance_positive, d.chance_if_works AS chance_if_works, d.return_chance AS return_chance, d.return_chance_with AS return_chance_with,
    d.cost AS cost, d.attention AS attention, d.wait_until AS wait_until, d.wave AS wave, d.expected_year AS decided_year, d.silent_days AS decided_silent,
    d.purchases AS decided_purchases, d.average_basket AS decided_basket,
    p.first_day AS first_day, p.last_day AS last_day, p.purchase_days AS purchase_days, p.spend AS spend, p.returned_share AS returned_share,
    p.favourite_item AS favourite_item, p.expected_year AS expected_year
FROM
(
    SELECT * FROM decisions FINAL
    WHERE plan_id = {plan:String} AND customer_id IN
    (
        SELECT customer_id FROM decisions FINAL
        WHERE plan_id = {plan:String} AND /* condition */ 1
        ORDER BY /* order */ 1 LIMIT {limit:UInt32}
    )
) AS d
LEFT JOIN
(
    SELECT customer_id, first_day, last_day, purchase_days, spend, returned_share, favourite_item, expected_year FROM profiles FINAL
    WHERE snapshot_id = {snapshot:String} AND customer_id IN
    (
        SELECT customer_id FROM decisions FINAL
        WHERE plan_id = {plan:String} AND /* condition */ 1
        ORDER BY /* order */ 1 LIMIT {limit:UInt32}
    )
) AS p ON p.customer_id = d.customer_id
ORDER BY /* outer */ 1

-- name: console_decisions_of
-- All decisions about one customer, newest first.
SELECT d.plan_id AS plan_id, d.as_of AS as_of, d.customer_id AS customer_id, toString(d.verdict) AS verdict, toString(d.class) AS class, toString(d.filter) AS filter,
    toString(d.offer) AS offer, toString(d.best_offer) AS best_offer, d.worth AS worth, d.worth_low AS worth_low, d.worth_high AS worth_high,
    d.chance_positive AS chance_positive, d.chance_if_works AS chance_if_works, d.return_chance AS return_chance, d.return_chance_with AS return_chance_with,
    d.cost AS cost, d.attention AS attention, d.wait_until AS wait_until, d.wave AS wave, d.expected_year AS decided_year, d.silent_days AS decided_silent,
    d.purchases AS decided_purchases, d.average_basket AS decided_basket,
    p.first_day AS first_day, p.last_day AS last_day, p.purchase_days AS purchase_days, p.spend AS spend, p.returned_share AS returned_share,
    p.favourite_item AS favourite_item, p.expected_year AS expected_year
FROM (SELECT * FROM decisions FINAL WHERE customer_id = {customer:String}) AS d
LEFT JOIN (SELECT * FROM profiles FINAL WHERE snapshot_id = {snapshot:String} AND customer_id = {customer:String}) AS p ON p.customer_id = d.customer_id
ORDER BY d.as_of DESC, d.plan_id DESC LIMIT 50

-- name: console_count_decisions
SELECT toUInt64(count()) AS customers FROM decisions FINAL WHERE plan_id = {plan:String} AND /* condition */ 1
