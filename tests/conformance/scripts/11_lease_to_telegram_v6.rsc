# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
#| version: 6.49
#| about: version 6: \? in the address, blanks replaced by hand
#| rows: /ip/dhcp-server name=dhcp1 1
#| with: leaseBound=1 leaseServerName=dhcp1 leaseActMAC=AA:BB:CC:DD:EE:01 leaseActIP=192.168.60.20
#| then: [/ip dhcp-server get dhcp1 lease-script]
#| fetch: bot1:abc/sendMessage?chat_id=42&text=AA:BB:CC:DD:EE:01%20took%20192.168.60.20
/interface bridge add name=br1
/ip address add address=192.168.60.1/24 interface=br1
/ip pool add name=pool1 ranges=192.168.60.10-192.168.60.99
/ip dhcp-server add name=dhcp1 interface=br1 address-pool=pool1 disabled=no
/ip dhcp-server set dhcp1 lease-script=":if (\$leaseBound = 1) do={\r\
    \n:local m \$leaseActMAC; :local a \$leaseActIP\r\
    \n/tool fetch url=\"https://api.telegram.org/bot1:abc/sendMessage\\\?chat_id=42&text=\$m%20took%20\$a\" keep-result=no\r\
    \n}"
