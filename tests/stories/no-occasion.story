playbook no-occasion
reached email
knows reason = no_occasion
enters
after 2 hours
gets invitation by email
says Jasmine tea
after 8 days
gets half by email
says Your code
does bought
ends bought
