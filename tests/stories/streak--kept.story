playbook streak
reached push
language zh-CN
enters {"count": 41}
gets gentle by push
after 2 hours
does used_app
ends kept
