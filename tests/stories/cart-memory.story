playbook cart-memory
reached email, push
enters {"products": [{"sku": "t2", "name": "Oolong", "price": 9}]}
after 59 minutes
nothing
after 5 minutes
gets reminder by push
says Oolong
after 24 hours
gets letter by email
says €9.00
after 3 days
nothing
ends over
