-- name: open_code_account
INSERT INTO code_account (campaign_id, offer_id, budget, stock, redeemed, outstanding, issued_count, redeemed_count)
VALUES ($campaign_id, $offer_id, $budget, $stock, 0, 0, 0, 0)
ON CONFLICT (campaign_id, offer_id) DO UPDATE SET budget = excluded.budget, stock = excluded.stock

-- name: find_code_accounts
SELECT campaign_id, offer_id, budget, stock, redeemed, outstanding, issued_count, redeemed_count
FROM code_account WHERE campaign_id = $campaign_id ORDER BY offer_id

-- name: find_code_of_enrolment
SELECT code, offer_id, campaign_id, enrolment_id, customer_id, state, issued_at, ends_at, liability, order_id, cost,
       redeemed_at
FROM code WHERE enrolment_id = $enrolment_id AND enrolment_id <> 0 AND offer_id = $offer_id

-- name: find_code
SELECT code, offer_id, campaign_id, enrolment_id, customer_id, state, issued_at, ends_at, liability, order_id, cost,
       redeemed_at
FROM code WHERE code = $code

-- name: offer_has_pool
SELECT COUNT(*) FROM (SELECT 1 FROM code WHERE offer_id = $offer_id AND pooled = 1 LIMIT 1)

-- name: first_of_pool
SELECT code FROM code WHERE offer_id = $offer_id AND state = 0 ORDER BY code LIMIT 1

-- name: add_to_pool
INSERT INTO code (code, offer_id, campaign_id, enrolment_id, customer_id, pooled, state, liability, order_id, cost)
VALUES ($code, $offer_id, '', 0, '', 1, 0, 0, '', 0)
ON CONFLICT (code) DO NOTHING

-- name: add_code
INSERT INTO code (code, offer_id, campaign_id, enrolment_id, customer_id, pooled, state, issued_at, ends_at, liability,
                  order_id, cost)
VALUES ($code, $offer_id, $campaign_id, $enrolment_id, $customer_id, 0, 1, $issued_at, $ends_at, $liability, '', 0)
ON CONFLICT (code) DO UPDATE
SET campaign_id = excluded.campaign_id, enrolment_id = excluded.enrolment_id, customer_id = excluded.customer_id, state = 1, issued_at = excluded.issued_at,
    ends_at = excluded.ends_at, liability = excluded.liability, cost = 0
WHERE code.state = 0

-- name: account_issued
UPDATE code_account SET outstanding = outstanding + $liability, issued_count = issued_count + 1, stock = stock - 1
WHERE campaign_id = $campaign_id AND offer_id = $offer_id

-- name: redeem_code
UPDATE code SET state = 2, order_id = $order_id, cost = $cost, redeemed_at = $at WHERE code = $code AND state IN (1, 3)

-- name: account_redeemed
UPDATE code_account
SET redeemed = redeemed + $cost, outstanding = outstanding - $liability, redeemed_count = redeemed_count + 1,
    stock = stock - $stock
WHERE campaign_id = $campaign_id AND offer_id = $offer_id

-- name: codes_past_end
SELECT code, offer_id, campaign_id, enrolment_id, customer_id, state, issued_at, ends_at, liability, order_id, cost,
       redeemed_at
FROM code WHERE state = 1 AND ends_at IS NOT NULL AND ends_at <= $now ORDER BY ends_at LIMIT 10000

-- name: expire_code
UPDATE code SET state = 3 WHERE code = $code AND state = 1

-- name: account_expired
UPDATE code_account SET outstanding = outstanding - $liability, stock = stock + 1
WHERE campaign_id = $campaign_id AND offer_id = $offer_id
