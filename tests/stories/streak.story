playbook streak
reached push
enters {"count": 41}
gets gentle by push
says that is fine
after 1 days
does streak_lost
after 2 days
gets fine by push
says still yours
does used_app
ends began_again
