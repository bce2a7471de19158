# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
#| version: 7.22
#| about: a route with routing-mark is of version 6
#| refused: bad parameter routing-mark
#| rows: /ip/route routing-table=main gateway=10.111.0.1 0
/ip route add dst-address=0.0.0.0/0 gateway=10.111.0.1 routing-mark=to_ISP1 check-gateway=ping
