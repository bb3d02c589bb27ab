playbook purchase-anniversary
reached email
enters
after 2 hours
gets box by email
says for the first time
after 20 days
gets reminder by email
does bought
ends bought
