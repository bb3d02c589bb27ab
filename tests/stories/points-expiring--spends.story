playbook points-expiring
reached push
enters {"points": 60, "count": 60, "day": "2026-03-23"}
after 2 hours
gets notice by push
does points_spent
ends points_spent
