playbook message-ignoring
reached email, sms
knows unanswered = 6
knows less_often = 0
enters
after 2 hours
gets other_way by sms
after 43 days
gets question by email
after 14 days
nothing
ends silent
