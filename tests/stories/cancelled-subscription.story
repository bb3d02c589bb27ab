playbook cancelled-subscription
reached email
enters
after 23 hours
nothing
after 4 hours
gets benefits by email
says Until 2026-03-31
after 8 days
gets offer by email
says Tea of the month
after 16 days
gets reminder by email
after 16 days
gets goodbye by email
ends over
