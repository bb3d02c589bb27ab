playbook points-expiring
language zh-TW
reached sms
enters {"points": 60, "count": 60, "day": "2026-03-23"}
after 2 hours
gets notice by sms
does clicked
after 20 days
nothing
ends over
