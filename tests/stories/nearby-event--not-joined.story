playbook nearby-event
reached push
language zh-TW
enters {"kind": "online", "place": "", "name": "線上派對"}
after 2 hours
gets invitation by push
says 線上派對
after 20 days
does event_over
nothing
ends over
