playbook account-found
reached sms
language zh-CN
enters
gets secured by sms
task support
after 3 days
does restore_requested
nothing
after 15 days
gets not_found by sms
ends not_found
