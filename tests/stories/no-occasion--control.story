playbook no-occasion
knows reason = no_occasion
enters as control
after 40 days
nothing
ends over
