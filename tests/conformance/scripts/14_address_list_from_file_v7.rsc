# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
#| version: 7.22
#| about: a downloaded block list, cut at line ends, comments left out
#| rows: /ip/firewall/address-list list=blocked 3
#| rows: /ip/firewall/address-list list=blocked address=203.0.113.0/24 1
#| output: 3 added, 2 skipped
{
    :local data "# a list\n198.51.100.7\n203.0.113.0/24\n; other remark\n192.0.2.99\n"
    :local added 0; :local skipped 0
    /ip/firewall/address-list/remove [find list=blocked]
    :local from 0
    :local size [:len $data]
    :while ($from < $size) do={
        :local end [:find $data "\n" ($from - 1)]
        :if ([:typeof $end] = "nil") do={ :set end $size }
        :local line [:pick $data $from $end]
        :set from ($end + 1)
        :if ($line ~ "^[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+(/[0-9]+)?\$") do={
            /ip/firewall/address-list/add list=blocked address=$line timeout=1d
            :set added ($added + 1)
        } else={ :set skipped ($skipped + 1) }
    }
    :put "$added added, $skipped skipped"
}
