playbook uninstalled
reached email, sms
enters
after 2 days
nothing
after 2 days
gets elsewhere by email
after 28 days
nothing
after 3 days
gets goodbye by email
after 15 days
nothing
ends silent
