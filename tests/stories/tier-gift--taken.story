playbook tier-gift
language zh-CN
reached sms
enters {"tier": "gold", "kind": "gold", "name": "Gold", "name_zh_cn": "金卡", "name_zh_tw": "金卡"}
after 2 hours
gets thanks by sms
says 金卡
does gift_taken
ends gift_taken
