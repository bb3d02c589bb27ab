playbook unused-feature
reached email
enters
after 2 hours
gets first by in_app
says Open the calendar
does clicked
after 4 days
gets second by in_app
says Enter one colleague
after 4 days
gets third by in_app
does feature_used
ends feature_used
