# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
#| version: 7.20
#| about: 50, 20 and 10 Mbit/s as weights 5:2:1, rules made by loops
#| rows: /ip/firewall/mangle comment~"^pcc" 8
#| rows: /ip/firewall/mangle new-connection-mark=wan1 5
#| rows: /ip/firewall/mangle new-connection-mark=wan2 2
#| rows: /ip/firewall/mangle per-connection-classifier=src-address-and-port:8/7 new-connection-mark=wan3 1
#| rows: /routing/table name~"^to-wan" 3
#| output: 8 remainders for 3 lines
{
    :local weights {"wan1"=5;"wan2"=2;"wan3"=1}
    :local sum 0
    :foreach line,weight in=$weights do={
        :set sum ($sum + $weight)
        /routing table add name=("to-" . $line) fib comment="pcc"
    }
    :local rest 0
    :foreach line,weight in=$weights do={
        :for n from=1 to=$weight do={
            /ip firewall mangle add chain=prerouting in-interface=bridge connection-state=new connection-mark=no-mark \
                dst-address-type=!local per-connection-classifier="src-address-and-port:$sum/$rest" \
                action=mark-connection new-connection-mark=$line passthrough=yes comment="pcc $line $n of $weight"
            :set rest ($rest + 1)
        }
    }
    :put "$rest remainders for $[:len $weights] lines"
}
