playbook natural-end
enters {"kind": "private", "what": ""}
task care
after 30 days
nothing
ends cared_for
