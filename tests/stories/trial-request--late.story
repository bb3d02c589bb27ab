playbook trial-request
reached email, sms
language zh-TW
enters
gets taken by email
task fulfilment
after 8 days
gets late by email
after 22 days
nothing
ends not_sent
