playbook uninstalled
reached sms
enters
after 3 days
gets elsewhere by sms
does app_opened
ends app_opened
