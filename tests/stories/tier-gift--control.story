playbook tier-gift
enters as control
after 80 days
nothing
ends over
