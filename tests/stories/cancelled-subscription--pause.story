playbook cancelled-subscription
reached email, push
language zh-CN
enters
after 2 days
gets benefits by email
does subscription_paused
ends subscription_paused
