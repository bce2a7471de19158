# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# The manual's recursive routes under its PCC rules: each uplink's table leans on that uplink's target, and a mark whose
# table has no living route falls back on main, where the same routes stand by distance.
# A line with <i> is pasted once for each uplink; <n> is their number, <target> is that uplink's.
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
add dst-address=<target>/32 gateway=192.168.<i>.1 scope=10
add dst-address=0.0.0.0/0 routing-table=to-wan<i> gateway=<target>@main target-scope=11 check-gateway=ping
add dst-address=0.0.0.0/0 gateway=<target> target-scope=11 distance=<i> check-gateway=ping
/ip firewall nat
add chain=srcnat action=masquerade out-interface=ether<i>
