playbook light-lapse
reached push
language zh-TW
enters
after 2 hours
gets usual by push
after 3 days
does bought
after 20 days
nothing
ends bought
