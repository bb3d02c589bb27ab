playbook ignores-but-visits
knows unanswered = 5
knows unseen = 3
enters
after 4 days
nothing
does used_app
gets here by in_app
says Jasmine pearls
does clicked
ends heard
