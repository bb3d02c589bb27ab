playbook referral-reward
reached email
enters
after 2 hours
gets thanks by email
says QUAY7H2KAB
ends over
