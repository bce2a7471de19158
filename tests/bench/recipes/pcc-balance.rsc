# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# What people paste for PCC on RouterOS 7: connection marks in prerouting, a table for each uplink, the next hop pinged.
# A line with <i> is pasted once for each uplink; <n> is their number.
/ip address
add address=192.168.<i>.2/24 interface=ether<i>
/routing table
add name=to-wan<i> fib
/ip firewall mangle
add chain=prerouting action=accept in-interface=bridge dst-address=192.168.0.0/16
add chain=prerouting action=mark-connection in-interface=ether<i> connection-state=new connection-mark=no-mark new-connection-mark=wan<i>-conn passthrough=yes
add chain=prerouting action=mark-connection in-interface=bridge connection-state=new connection-mark=no-mark dst-address-type=!local per-connection-classifier=both-addresses:<n>/<i-1> new-connection-mark=wan<i>-conn passthrough=yes
add chain=prerouting action=mark-routing in-interface=bridge connection-mark=wan<i>-conn new-routing-mark=to-wan<i> passthrough=no
add chain=output action=mark-routing connection-mark=wan<i>-conn new-routing-mark=to-wan<i> passthrough=no
/ip route
add dst-address=0.0.0.0/0 routing-table=to-wan<i> gateway=192.168.<i>.1 check-gateway=ping
add dst-address=0.0.0.0/0 gateway=192.168.<i>.1 distance=<i> check-gateway=ping
/ip firewall nat
add chain=srcnat action=masquerade out-interface=ether<i>
