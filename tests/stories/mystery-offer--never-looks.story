playbook mystery-offer
reached email
enters
after 2 hours
gets letter by email
after 6 days
gets reminder by email
after 6 days
nothing
ends over
