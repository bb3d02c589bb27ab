playbook referral-reward
language zh-CN
reached sms
enters {"role": "newcomer", "kind": "newcomer", "code": "PIER1", "prize_zh_cn": "第二单减 5 元"}
after 2 hours
gets welcome by sms
says PIER1
ends over
