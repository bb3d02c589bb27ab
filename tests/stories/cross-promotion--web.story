playbook cross-promotion
reached push
language zh-CN
enters {"kind": "web"}
after 4 days
gets from_web by push
ends told
