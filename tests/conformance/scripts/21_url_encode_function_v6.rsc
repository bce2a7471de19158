# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
#| version: 6.49
#| about: a library of functions in globals, as copied from forum to forum
#| output: caf%C3%A9%20%26%20bar%2F1
#| output: 10
:global urlEncode do={
    :local keep "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~"
    :local map {" "="%20";"&"="%26";"/"="%2F";"\?"="%3F";"\C3"="%C3";"\A9"="%A9"}
    :local out ""
    :for i from=0 to=([:len $1] - 1) do={
        :local c [:pick $1 $i ($i + 1)]
        :if ([:typeof [:find $keep $c]] = "num") do={ :set out ($out . $c) } else={ :set out ($out . ($map->$c)) }
    }
    :return $out
}
:put [$urlEncode "caf\C3\A9 & bar/1"]
:global sum do={ :local s 0; :foreach v in=$values do={ :set s ($s + $v) }; :return $s }
:put [$sum values={1;2;3;4}]
