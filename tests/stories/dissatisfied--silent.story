playbook dissatisfied
reached sms
language zh-TW
knows reason = product
enters
after 2 hours
gets sorry by sms
after 60 days
nothing
stands until_fixed
after 140 days
nothing
ends over
