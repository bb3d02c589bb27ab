playbook payment-failed
enters
after 10 hours
does payment_recovered
after 20 days
nothing
ends payment_recovered
