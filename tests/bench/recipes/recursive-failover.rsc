# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# The manual's way to watch the internet behind the modem (high-availability-solutions, failover-wan-backup, RouterOS 7):
# a host route to a target through each uplink, default routes that resolve through the targets and ping them.
# A line with <i> is pasted once for each uplink; <target> is that uplink's.
/ip address
add address=192.168.<i>.2/24 interface=ether<i>
/ip route
add dst-address=<target>/32 gateway=192.168.<i>.1 scope=10
add dst-address=0.0.0.0/0 gateway=<target> target-scope=11 distance=<i> check-gateway=ping
/ip firewall nat
add chain=srcnat action=masquerade out-interface=ether<i>
