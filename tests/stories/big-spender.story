playbook big-spender
reached email
knows value_percentile = 98
enters
task agent
after 1 days
does not_reached
after 1 days
gets tried by email
says Aoife, tea taster
does answered
ends answered
