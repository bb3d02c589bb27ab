playbook catch-up
reached push
enters
after 5 minutes
gets welcome by in_app
says Two new maps
after 1 hours
does used_app
gets people by in_app
after 1 days
gets goal by in_app
says Finish one match
does used_app
ends playing
