playbook wake-incentive-nps
reached sms
language zh-CN
knows segment = about_to_sleep
enters
after 2 hours
gets wake by sms
after 7 days
gets incentive by sms
does bought
after 30 days
nothing
ends bought
