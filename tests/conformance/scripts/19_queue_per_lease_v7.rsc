# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
#| version: 7.24
#| about: queues follow static leases; those of lost leases go
#| rows: /queue/simple comment=lease 2
#| rows: /queue/simple name=printer target=192.168.88.31/32 1
#| rows: /queue/simple name=gone 0
/ip/dhcp-server/lease
add address=192.168.88.31 mac-address=00:0C:42:00:00:31 comment=printer
add address=192.168.88.32 mac-address=00:0C:42:00:00:32 comment=camera
/queue/simple
add name=gone target=192.168.88.99 comment=lease
{
    :local names ({})
    :foreach l in=[/ip/dhcp-server/lease/print as-value where dynamic=no] do={
        :local who ($l->"comment")
        :set names ($names , $who)
        :if ([:len [/queue/simple/find where name=$who]] = 0) do={
            /queue/simple/add name=$who target=($l->"address") max-limit=5M/20M comment=lease
        }
    }
    :foreach q in=[/queue/simple/find where comment=lease] do={
        :local qName [/queue/simple/get $q name]
        :if ([:typeof [:find $names $qName]] = "nil") do={ /queue/simple/remove $q }
    }
}
