# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# The same habit for primary and backup: default routes by distance, the next hop pinged.
# A line with <i> is pasted once for each uplink.
/ip address
add address=192.168.<i>.2/24 interface=ether<i>
/ip route
add dst-address=0.0.0.0/0 gateway=192.168.<i>.1 distance=<i> check-gateway=ping
/ip firewall nat
add chain=srcnat action=masquerade out-interface=ether<i>
