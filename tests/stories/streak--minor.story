playbook streak
born 2013
reached push
enters {"count": 41}
after 1 days
does streak_lost
after 3 days
nothing                       # never to minors
after 7 days
ends over
