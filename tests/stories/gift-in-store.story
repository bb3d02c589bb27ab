playbook gift-in-store
reached email, sms
enters
after 2 hours
gets invitation by sms
after 21 days
gets reminder by sms
does store_visited
ends store_visited
