playbook group-remedy
reached email
enters {"reason": "delivery", "kind": "credit", "what": "In March many parcels took longer than we said."}
after 2 hours
gets credited by email
says longer than we said
does answered
task care
ends over
