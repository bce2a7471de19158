# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
#| version: 7.22
#| about: two static lines, PCC by both addresses, one table per line
#| rows: /routing/table name=to-wan1 1
#| rows: /ip/firewall/mangle chain=prerouting 7
#| rows: /ip/firewall/mangle chain=output 2
#| rows: /ip/firewall/mangle per-connection-classifier=both-addresses:2/1 new-connection-mark=c-wan2 1
#| rows: /ip/route routing-table=to-wan2 gateway=198.51.100.1 check-gateway=ping 1
#| rows: /ip/firewall/nat action=masquerade 2
/interface list add name=LAN
/interface list member add list=LAN interface=bridge
/ip address
add address=192.0.2.2/24 interface=ether1 comment="WAN1"
add address=198.51.100.2/24 interface=ether2 comment="WAN2"
/routing/table
add name=to-wan1 fib
add name=to-wan2 fib
/ip/firewall/address-list/add list=internal address=192.168.0.0/16
/ip/firewall/mangle
add chain=prerouting action=accept in-interface-list=LAN dst-address-list=internal comment="inside stays inside"
add chain=prerouting action=mark-connection in-interface=ether1 connection-state=new connection-mark=no-mark new-connection-mark=c-wan1 passthrough=yes
add chain=prerouting action=mark-connection in-interface=ether2 connection-state=new connection-mark=no-mark new-connection-mark=c-wan2 passthrough=yes
add chain=prerouting action=mark-connection in-interface-list=LAN connection-state=new connection-mark=no-mark dst-address-type=!local \
    per-connection-classifier=both-addresses:2/0 new-connection-mark=c-wan1 passthrough=yes
add chain=prerouting action=mark-connection in-interface-list=LAN connection-state=new connection-mark=no-mark dst-address-type=!local \
    per-connection-classifier=both-addresses:2/1 new-connection-mark=c-wan2 passthrough=yes
add chain=prerouting action=mark-routing in-interface-list=LAN connection-mark=c-wan1 new-routing-mark=to-wan1 passthrough=no
add chain=prerouting action=mark-routing in-interface-list=LAN connection-mark=c-wan2 new-routing-mark=to-wan2 passthrough=no
add chain=output action=mark-routing connection-mark=c-wan1 new-routing-mark=to-wan1 passthrough=no
add chain=output action=mark-routing connection-mark=c-wan2 new-routing-mark=to-wan2 passthrough=no
/ip/route
add dst-address=0.0.0.0/0 gateway=192.0.2.1 routing-table=to-wan1 check-gateway=ping
add dst-address=0.0.0.0/0 gateway=198.51.100.1 routing-table=to-wan2 check-gateway=ping
add dst-address=0.0.0.0/0 gateway=192.0.2.1 distance=1 check-gateway=ping
add dst-address=0.0.0.0/0 gateway=198.51.100.1 distance=2 check-gateway=ping
/ip/firewall/nat
add chain=srcnat action=masquerade out-interface=ether1
add chain=srcnat action=masquerade out-interface=ether2
