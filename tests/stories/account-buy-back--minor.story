playbook account-buy-back
born 2013
reached email
enters
gets noted by email
task trade                    # a person sees that she is under age, and agrees nothing
after 20 days
nothing
ends over
