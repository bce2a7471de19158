# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
#| version: 6.49
#| about: a scheduler row runs a script that pings; the script is written on one line
#| rows: /system/script name=failover policy=read,write,test 1
#| rows: /system/scheduler name=failover interval=1m on-event=failover 1
#| output: 0
#| pings: 0
#| then: /system script run failover
#| rows: /ip/route comment=ISP1 disabled=true 1
#| log: ISP1 lost
#| pings: 3
#| then: /system script run failover
#| rows: /ip/route comment=ISP1 disabled=false 1
/ip route add dst-address=0.0.0.0/0 gateway=10.1.1.1 distance=1 comment=ISP1
/system script add name=failover policy=read,write,test source=":local ok [/ping 8.8.8.8 count=3]\r\
    \n:if (\$ok = 0) do={\r\
    \n  :if ([/ip route get [find comment=\"ISP1\"] disabled] = false) do={\r\
    \n    /ip route disable [find comment=\"ISP1\"]\r\
    \n    :log error \"ISP1 lost\"\r\
    \n  }\r\
    \n} else={\r\
    \n  /ip route enable [find comment=\"ISP1\"]\r\
    \n}"
/system scheduler add name=failover interval=1m on-event=failover policy=read,write,test start-time=startup
:put [:len [/ip route find comment=ISP1 disabled=yes]]
