playbook nearest-store
starts 2026-03-02 22:30      # she sleeps; in the morning it is of no use any more
reached push
enters
after 1 days
nothing
ends over
