# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
#| version: 7.12
#| about: an updater that adds what is new and removes what has gone
#| rows: /ip/firewall/address-list list=update 2
#| rows: /ip/firewall/address-list list=update address=10.0.0.3 1
#| rows: /ip/firewall/address-list list=update address=10.0.0.1 0
/ip firewall address-list
add list=update address=10.0.0.1 comment="auto"
add list=update address=10.0.0.2 comment="auto"
{
    :local wanted [:toarray "10.0.0.2,10.0.0.3"]
    :foreach id in=[/ip firewall address-list find where list="update" comment="auto"] do={
        :local have [/ip firewall address-list get $id address]
        :if ([:typeof [:find $wanted [:toip $have]]] = "nil" and [:typeof [:find $wanted $have]] = "nil") do={
            /ip firewall address-list remove $id
        }
    }
    :foreach want in=$wanted do={
        :do { /ip firewall address-list add list=update address=$want comment="auto" } on-error={ :log debug "$want is there" }
    }
}
