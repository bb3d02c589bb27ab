playbook natural-end
reached email
enters
task care
after 2 days
does reached
ends thanked
