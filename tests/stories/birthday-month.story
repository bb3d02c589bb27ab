playbook birthday-month
reached email
enters
after 2 hours
gets gift by email
says Your code
after 7 days
gets wishes by email
says Mary
after 17 days
gets reminder by email
after 8 days
nothing
ends over
