playbook message-ignoring
reached email
knows unanswered = 6
knows less_often = 0
language zh-TW
enters
after 2 hours
gets other_way by in_app
does clicked
ends heard
