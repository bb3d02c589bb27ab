playbook tier-gift
reached email
enters
after 2 hours
gets thanks by email
says Silver
after 40 days
nothing
after 8 days
gets reminder by email
after 20 days
ends over
