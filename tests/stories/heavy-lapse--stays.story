playbook heavy-lapse
reached email, push
language zh-CN
knows stage = lapsed_heavy
enters
after 2 hours
gets news by push
after 8 days
gets offer by push
says 八折
after 11 days
gets reminder by push
after 22 days
gets goodbye by email
does clicked
ends stayed
