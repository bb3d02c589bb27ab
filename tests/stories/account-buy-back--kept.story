playbook account-buy-back
reached sms
language zh-TW
enters
gets noted by sms
task trade
after 2 days
does account_kept
after 30 days
nothing
ends account_kept
