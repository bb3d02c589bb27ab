playbook dissatisfied
reached email
knows reason = delivery
enters
after 2 hours
gets sorry by email
says What did we do wrong
does answered
task care
after 3 days
gets thanks by email
says Your code
after 20 days
does fixed
after 1 days
gets told by email
says put right
after 31 days
ends fixed
