playbook catch-up
reached push
language zh-TW
enters
after 5 minutes
gets welcome by in_app
after 4 days
gets small_step by push
says 您的東西都在
after 20 days
nothing
ends over
