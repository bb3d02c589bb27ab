playbook purchase-anniversary
reached push
language zh-TW
enters
after 2 hours
gets box by push
says 小禮盒
after 20 days
gets reminder by push
after 11 days
nothing
ends over
