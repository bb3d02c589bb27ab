playbook referral
reached email
enters
after 9 days
nothing
after 2 days
gets invitation by email
says ref=
says It is certain
after 31 days
ends over
