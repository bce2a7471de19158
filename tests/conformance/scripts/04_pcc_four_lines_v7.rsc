# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
#| version: 7.16
#| about: four lines from one array of arrays; running it twice changes nothing
#| rows: /ip/route comment~"^L" 4
#| rows: /ip/firewall/mangle comment~"^L" 4
#| rows: /ip/route comment="L4" gateway=10.0.4.1 distance=4 1
#| again: yes
:global lines ({})
:for i from=1 to=4 do={
    :set ($lines->("L" . $i)) {"gw"=("10.0." . $i . ".1"); "nr"=$i}
}
:foreach label,line in=$lines do={
    :if ([:len [/ip/route/find where comment=$label]] = 0) do={
        /ip/route/add dst-address=0.0.0.0/0 gateway=($line->"gw") distance=($line->"nr") comment=$label
    }
    :if ([:len [/ip/firewall/mangle/find comment=$label]] = 0) do={
        /ip/firewall/mangle/add chain=prerouting action=mark-connection connection-state=new new-connection-mark=$label \
            per-connection-classifier=("both-addresses:4/" . (($line->"nr") - 1)) comment=$label
    }
}
