# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
#| version: 7.9
#| about: the usual input and forward chains, moved into order by comment
#| rows: /ip/firewall/filter 6
#| first: /ip/firewall/filter comment="established"
#| rows: /ip/firewall/filter connection-state=established,related,untracked 2
/ip firewall filter
add chain=input action=drop connection-state=invalid comment="invalid"
add chain=input action=accept connection-state=established,related,untracked comment="established"
add chain=input action=accept protocol=icmp comment="ping"
add chain=input action=drop in-interface=!bridge comment="rest"
add chain=forward action=accept connection-state=established,related,untracked
add chain=forward action=drop connection-state=new connection-nat-state=!dstnat in-interface=ether1
move [find comment="established"] destination=[find comment="invalid"]
