# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
#| version: 6.49
#| about: netwatch of version 6: host, interval, two scripts
#| rows: /tool/netwatch host=8.8.8.8 interval=5s timeout=1s 1
#| rows: /ip/route comment=ISP1 distance=10 1
#| then: [/tool netwatch get [find host=8.8.8.8] down-script]
#| rows: /ip/route comment=ISP1 distance=30 1
/ip route add dst-address=0.0.0.0/0 gateway=10.1.1.1 distance=10 comment=ISP1
/ip route add dst-address=0.0.0.0/0 gateway=10.2.2.1 distance=20 comment=ISP2
/ip route add dst-address=8.8.8.8/32 gateway=10.1.1.1 scope=10
/tool netwatch add host=8.8.8.8 interval=5s timeout=1s up-script="/ip route set [find comment=ISP1] distance=10" down-script="/ip route set [find comment=ISP1] distance=30"
