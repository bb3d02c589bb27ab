playbook natural-end
reached email
enters
task care
after 1 days
does not_reached
after 1 days
gets card by email
says the marathon
ends thanked
