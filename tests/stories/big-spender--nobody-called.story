playbook big-spender
reached email
language zh-CN
knows value_percentile = 98
enters
task agent
after 4 days
gets writes by email
says 想问候一声
does returned_to_game
ends returned_to_game
