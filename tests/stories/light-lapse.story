playbook light-lapse
reached email, sms
enters
after 2 hours
gets usual by sms
says Jasmine tea, as usual
after 11 days
gets offer by sms
says 10 % off
after 15 days
nothing
ends over
