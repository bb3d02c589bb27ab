playbook mystery-offer
reached email
knows stage = lapsed_light
enters
after 2 hours
gets letter by email
says all of it
after 1 days
does revealed
after 5 days
gets waiting by email
says All of the delivery fee off
does bought
ends bought
