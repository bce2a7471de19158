# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
#| version: 7.22
#| about: rules switched by comment, by two scheduler rows
#| rows: /system/scheduler name~"^night" interval=1d 2
#| then: [/system/scheduler/get night-on on-event]
#| rows: /ip/firewall/filter comment="night" disabled=false 2
/ip/firewall/filter/add chain=forward action=drop src-address=192.168.88.100-192.168.88.120 comment=night disabled=yes
/ip/firewall/filter/add chain=forward action=reject reject-with=tcp-reset protocol=tcp src-address=192.168.88.200 comment=night disabled=yes
/system/scheduler/add name=night-on start-time=22:00:00 interval=1d on-event="/ip/firewall/filter/enable [find comment=\"night\"]"
/system/scheduler/add name=night-off start-time=06:00:00 interval=1d on-event="/ip/firewall/filter/disable [find comment=\"night\"]"
