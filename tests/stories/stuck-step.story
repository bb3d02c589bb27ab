playbook stuck-step
reached push
enters
after 2 days
gets help by push
says Unit 4: Fractions
after 4 days
gets smaller by push
does step_completed
ends step_completed
