playbook points-expiring
reached email
enters {"points": 180, "count": 180, "day": "2026-03-23"}
after 2 hours
gets notice by email
says 180 of your points
says 2026-03-23
after 12 days
nothing
after 3 days
gets reminder by email
says not mention these again
after 8 days
ends over
