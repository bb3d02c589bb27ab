playbook nearest-store
reached push
enters
gets nearby by push
says Quay Street is 300 m away, open until 19:00
does store_visited
ends came
