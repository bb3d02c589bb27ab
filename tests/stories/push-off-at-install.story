playbook push-off-at-install
reached email
enters
after 5 days
nothing
does used_app
after 1 hour
gets benefit by in_app
after 15 days
nothing
ends left_alone
