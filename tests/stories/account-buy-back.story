playbook account-buy-back
reached email
enters {"value": 85}
gets noted by email
task trade
after 3 days
does offer_agreed
gets terms by email
says €85.00
after 5 days
does account_handed_over
gets paid by email
ends sold
