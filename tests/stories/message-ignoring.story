playbook message-ignoring
reached email, sms
knows unanswered = 6
knows less_often = 0
enters
after 2 hours
gets other_way by sms
after 41 days
gets question by email
after 15 days
nothing
ends silent
