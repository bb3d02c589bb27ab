playbook mystery-offer
reached sms
language zh-TW
knows stage = mature
enters
after 2 hours
gets letter by sms
after 6 days
gets reminder by sms
does revealed
after 5 days
gets waiting by sms
says 75%
after 6 days
nothing
ends over
