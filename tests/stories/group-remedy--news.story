playbook group-remedy
reached push
enters {"reason": "technical", "kind": "news", "what": "Paying failed on some telephones last week."}
after 2 hours
gets news by push
after 15 days
ends over
