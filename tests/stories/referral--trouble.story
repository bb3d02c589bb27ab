playbook referral
reached email
enters
after 5 days
does return_opened
after 30 days
nothing
ends return_opened
