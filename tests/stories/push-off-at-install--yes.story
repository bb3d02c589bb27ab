playbook push-off-at-install
enters
does used_app
after 1 hour
gets benefit by in_app
does clicked
after 1 minute
does push_enabled
ends push_enabled
