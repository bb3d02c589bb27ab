playbook group-remedy
language zh-TW
reached sms
enters {"reason": "product", "kind": "refund", "what": "三月的一批茶罐蓋子鬆了。", "amount": 12}
after 2 hours
gets refunded by sms
says 三月的一批茶罐
after 15 days
nothing
ends over
