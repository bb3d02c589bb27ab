playbook birthday-month
born 2013
reached email
language zh-CN
enters
after 7 days
gets wishes by email
says 生日快乐
after 30 days
nothing                       # neither the present nor its reminder: minors get no spending offers
ends over
