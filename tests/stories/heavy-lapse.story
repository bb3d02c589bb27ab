playbook heavy-lapse
reached email
knows stage = lapsed_heavy
enters
after 2 hours
gets news by email
says Jasmine pearls
after 8 days
gets offer by email
says 20 % off
after 11 days
gets reminder by email
after 22 days
gets goodbye by email
after 15 days
nothing
ends silent
