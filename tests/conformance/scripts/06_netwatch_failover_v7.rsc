# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
#| version: 7.22
#| about: netwatch switches routes by comment
#| rows: /tool/netwatch type=icmp 2
#| rows: /tool/netwatch name=wan1 host=8.8.4.4 interval=10s 1
#| then: [/tool/netwatch/get [find name=wan1] down-script]
#| rows: /ip/route comment="WAN1" disabled=true 1
#| rows: /ip/route comment="WAN2" disabled=false 1
#| log: WAN1 is down, using WAN2
/ip/route
add dst-address=0.0.0.0/0 gateway=192.0.2.1 distance=1 comment="WAN1"
add dst-address=0.0.0.0/0 gateway=198.51.100.1 distance=2 comment="WAN2"
add dst-address=8.8.4.4/32 gateway=192.0.2.1 comment="probe 1"
add dst-address=9.9.9.9/32 gateway=198.51.100.1 comment="probe 2"
/tool/netwatch
add name=wan1 type=icmp host=8.8.4.4 interval=10s thr-avg=500ms packet-count=5 \
    up-script="/ip/route/enable [find where comment=\"WAN1\"]\r\n:log info \"WAN1 is up\"" \
    down-script="/ip/route/disable [find where comment=\"WAN1\"]\r\n:log warning \"WAN1 is down, using WAN2\"\r\n:foreach c in=[/ip/firewall/connection/find where connection-mark=\"wan1\"] do={ :do { /ip/firewall/connection/remove \$c } on-error={} }"
add name=wan2 type=icmp host=9.9.9.9 interval=10s up-script={/ip/route/enable [find comment="WAN2"]} \
    down-script={ /ip/route/disable [find comment="WAN2"]; :log warning "WAN2 is down" }
