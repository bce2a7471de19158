# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
#| version: 6.49 7.9 7.22 7.24
#| about: one script for every release: it asks first, and parses what only one side knows
#| output: marked ok
#| rows: /ip/firewall/mangle new-routing-mark=viaB 1
#| again: no
{
    :local major [:tonum [:pick [/system resource get version] 0 1]]
    :if ($major >= 7) do={
        :local new [:parse "/routing table add name=viaB fib"]
        $new
    }
    /ip firewall mangle add chain=prerouting action=mark-routing new-routing-mark=viaB src-address=192.168.88.77 passthrough=no
    :local cmd "/ip route add dst-address=0.0.0.0/0 gateway=10.5.5.1 "
    :if ($major >= 7) do={ :set cmd ($cmd . "routing-table=viaB") } else={ :set cmd ($cmd . "routing-mark=viaB") }
    [[:parse $cmd]]
    :if ([:len [/ip route find where gateway=10.5.5.1]] = 1) do={ :put "marked ok" }
}
