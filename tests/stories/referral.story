playbook referral
reached email
enters
after 9 days
nothing
after 2 days
gets invitation by email
says ref=
says there is no draw
after 31 days
ends over
