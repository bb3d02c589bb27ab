playbook trial-request
reached email
enters
gets taken by email
task fulfilment
says Spring oolong
after 2 days
does trial_shipped
gets on_its_way by email
after 17 days
gets feedback by email
says How was it
does answered
ends answered
