playbook payment-failed
reached email, sms
language zh-CN
knows value_percentile = 95
enters {"amount": 19}
after 2 days
gets first by email
after 4 days
gets second by sms
after 6 days
gets third by email
task support
does payment_recovered
ends payment_recovered
