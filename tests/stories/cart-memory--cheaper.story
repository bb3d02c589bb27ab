playbook cart-memory
language zh-CN
reached sms
enters {"products": [{"sku": "t1", "name": "茉莉花茶"}]}
after 2 hours
gets reminder by in_app
does price_dropped
gets cheaper by sms
does bought
ends over
