# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
#| version: 6.49
#| about: the wiki's way of version 6: marks on routes, no tables
#| rows: /ip/firewall/mangle 8
#| rows: /ip/route routing-mark=to_ISP1 gateway=10.111.0.1 1
#| rows: /ip/route gateway=10.112.0.1 2
#| rows: /ip/firewall/nat chain=srcnat 2
/ip address add address=192.168.0.1/24 network=192.168.0.0 broadcast=192.168.0.255 interface=bridge
/ip address add address=10.111.0.2/24 interface=ether1
/ip address add address=10.112.0.2/24 interface=ether2
/ip firewall mangle
add chain=prerouting dst-address=10.111.0.0/24 action=accept in-interface=bridge
add chain=prerouting dst-address=10.112.0.0/24 action=accept in-interface=bridge
add chain=prerouting in-interface=ether1 connection-mark=no-mark action=mark-connection new-connection-mark=ISP1_conn
add chain=prerouting in-interface=ether2 connection-mark=no-mark action=mark-connection new-connection-mark=ISP2_conn
add chain=prerouting in-interface=bridge connection-mark=no-mark dst-address-type=!local per-connection-classifier=both-addresses:2/0 action=mark-connection new-connection-mark=ISP1_conn
add chain=prerouting in-interface=bridge connection-mark=no-mark dst-address-type=!local per-connection-classifier=both-addresses:2/1 action=mark-connection new-connection-mark=ISP2_conn
add chain=prerouting connection-mark=ISP1_conn in-interface=bridge action=mark-routing new-routing-mark=to_ISP1
add chain=prerouting connection-mark=ISP2_conn in-interface=bridge action=mark-routing new-routing-mark=to_ISP2
/ip route
add dst-address=0.0.0.0/0 gateway=10.111.0.1 routing-mark=to_ISP1 check-gateway=ping
add dst-address=0.0.0.0/0 gateway=10.112.0.1 routing-mark=to_ISP2 check-gateway=ping
add dst-address=0.0.0.0/0 gateway=10.111.0.1 distance=1 check-gateway=ping
add dst-address=0.0.0.0/0 gateway=10.112.0.1 distance=2 check-gateway=ping
/ip firewall nat
add chain=srcnat out-interface=ether1 action=masquerade
add chain=srcnat out-interface=ether2 action=masquerade
