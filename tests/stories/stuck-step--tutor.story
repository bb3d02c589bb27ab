playbook stuck-step
reached email
language zh-CN
enters
after 2 days
gets help by in_app
after 4 days
gets smaller by in_app
after 5 days
task tutor
does not_reached
after 1 days
gets kept by email
after 22 days
nothing
ends over
