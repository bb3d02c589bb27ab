playbook dissatisfied
born 2013
reached sms
knows reason = service
enters
after 2 hours
gets sorry by sms
does answered
task care
after 3 days
gets thanks by sms
says those who can change it   # the thanks without the credit: minors get no codes
after 200 days
ends over
