# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
#| version: 6.49
#| about: the classic: compare with a global, fetch only when changed
#| fetch: hostname=office.example.net&myip=203.0.113.77
#| fetches: 1
#| again: yes
#| output: address of ether1 is 203.0.113.77
:global ddnsLast
:if ([:len [/ip address find interface=ether1]] = 0) do={ /ip address add address=203.0.113.77/24 interface=ether1 }
:local full [/ip address get [/ip address find interface=ether1] address]
:for i from=([:len $full] - 1) to=0 do={
    :if ([:pick $full $i] = "/") do={
        :global ddnsNow [:pick $full 0 $i]
    }
}
:global ddnsNow
:put "address of ether1 is $ddnsNow"
:if ($ddnsNow != $ddnsLast) do={
    /tool fetch url="http://dyn.example.org/nic/update\?hostname=office.example.net&myip=$ddnsNow" mode=http keep-result=no
    :set ddnsLast $ddnsNow
}
