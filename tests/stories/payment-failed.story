playbook payment-failed
reached email
knows value_percentile = 50
enters {"amount": 19}
after 23 hours
nothing
after 2 days
gets first by email
says €19.00
after 4 days
gets second by email
after 6 days
gets third by email
says 2026-03-16
after 8 days
nothing
ends not_recovered
