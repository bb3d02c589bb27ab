playbook no-occasion
reached sms
language zh-CN
knows reason = no_occasion
enters
after 2 hours
gets invitation by sms
does clicked
after 5 days
nothing
after 4 days
gets half by sms
after 12 days
gets reminder by sms
says 还能用
after 10 days
nothing
ends over
