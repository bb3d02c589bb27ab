playbook mystery-offer
born 2013
reached email
enters
after 30 days
nothing                       # an offer, even one that is not named
ends over
