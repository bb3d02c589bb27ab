playbook account-found
reached email, sms
enters
gets secured by email
task support
after 2 days
does account_found
gets found by email
after 11 days
gets once_more by sms
after 60 days
nothing
ends not_fetched
