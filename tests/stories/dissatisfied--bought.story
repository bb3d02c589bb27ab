playbook dissatisfied
knows reason = service
enters
after 2 hours
gets sorry by email
does bought
ends bought
