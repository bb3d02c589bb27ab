playbook nearby-event
reached email
enters
after 2 hours
gets invitation by email
says Tea tasting
does clicked
does event_joined
gets joined by email
after 9 days
does event_tomorrow
gets reminder by email
after 1 days
does event_attended
after 2 days
gets thanks by email
ends attended
