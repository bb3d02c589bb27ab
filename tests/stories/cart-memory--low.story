playbook cart-memory
reached email
enters {"products": [{"sku": "t1"}]}
after 2 hours
gets reminder by in_app
does clicked
after 10 hours
does stock_low
after 14 hours
gets last_pieces by in_app
says 3 left
ends over
