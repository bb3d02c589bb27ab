playbook wake-incentive-nps
reached email
enters
after 2 hours
gets wake by email
says Jasmine tea
after 7 days
gets incentive by email
says Oolong
after 15 days
gets question by email
says from 0
does answered
ends answered
