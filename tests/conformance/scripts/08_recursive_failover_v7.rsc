# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
#| version: 7.22
#| about: recursive next hops with check-gateway behind the modem
#| rows: /ip/route target-scope=11 check-gateway=ping 2
#| rows: /ip/route scope=10 2
#| rows: /ip/route comment="no leak" blackhole="" distance=20 1
#| output: 4 routes
/ip/route
add comment="host 1" dst-address=8.8.4.4/32 gateway=192.0.2.1 scope=10
add comment="host 2" dst-address=208.67.222.222/32 gateway=198.51.100.1 scope=10
add comment="no leak" dst-address=8.8.4.4/32 blackhole distance=20
add comment="main 1" dst-address=0.0.0.0/0 gateway=8.8.4.4 distance=1 check-gateway=ping target-scope=11
add comment="main 2" dst-address=0.0.0.0/0 gateway=208.67.222.222 distance=2 check-gateway=ping target-scope=11
:put ([:len [find where comment~"host|main"]] . " routes")
