# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
#| version: 7.22
#| about: a DHCP client's script that keeps a route in its table
#| with: bound=1 gateway-address=100.64.0.1 interface=ether1
#| then: [/ip/dhcp-client/get [find interface=ether1] script]
#| rows: /ip/route comment="by dhcp ether1" gateway=100.64.0.1 routing-table=lte 1
/routing/table/add name=lte fib
/ip/dhcp-client/remove [find interface=ether1]
/ip/dhcp-client/add interface=ether1 add-default-route=no use-peer-dns=no script={
    :local wan $interface
    :local mine ("by dhcp " . $wan)
    :if ($bound = 1) do={
        :local gw $"gateway-address"
        :local ids [/ip/route/find where comment=$mine]
        :if ([:len $ids] = 0) do={
            /ip/route/add dst-address=0.0.0.0/0 gateway=$gw routing-table=lte comment=$mine
        } else={ /ip/route/set $ids gateway=$gw }
    } else={ /ip/route/remove [find where comment=$mine] }
}
