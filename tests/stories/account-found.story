playbook account-found
starts 2026-03-02 23:30       # at night: safety waits for no morning
reached email
enters
gets secured by email
says never ask for your password
task support
after 2 days
does account_found
after 1 days
gets found by email
says found again
does account_restored
after 1 days
gets restored by email
ends restored
