playbook unused-feature
reached email
language zh-TW
enters
after 2 hours
gets first by in_app
after 8 days
gets first by email
says 三小步
after 8 days
nothing
ends not_wanted
