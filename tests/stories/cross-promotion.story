playbook cross-promotion
reached email
enters
after 4 days
gets from_store by email
says from home
ends told
