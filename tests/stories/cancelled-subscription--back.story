playbook cancelled-subscription
reached email
enters
after 2 days
gets benefits by email
after 8 days
gets offer by email
does subscription_resumed
after 60 days
nothing
ends subscription_resumed
