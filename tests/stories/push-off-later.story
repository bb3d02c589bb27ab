playbook push-off-later
reached email
enters
after 2 days
gets question by email
after 3 days
does used_app
gets how by in_app
after 15 days
ends over
