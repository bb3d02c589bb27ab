playbook big-spender
knows value_percentile = 98
enters
task agent
after 1 days
does reached
after 22 days
nothing
ends over
