# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
#| version: 7.22
#| about: what admins print: identity, version, counts, types, padded columns
#| output: name=lab-router major=7
#| output: bridge........yes
#| output: 3 pairs: a=1 b=two c=true
#| output: 01:30:00 90 minutes
#| output: str num ip ip-prefix bool time array nothing
/system/identity/set name=lab-router
{
    :local version [/system/resource/get version]
    :put ("name=" . [/system/identity/get name] . " major=" . [:pick $version 0 [:find $version "."]])
    :local pad do={ :local t $1; :while ([:len $t] < 14) do={ :set t "$t." }; :return $t }
    :if ([/interface/get bridge running]) do={ :put ([$pad "bridge"] . "yes") }
    :local pairs {"b"="two"; "a"=1; "c"=true}
    :local line ""
    :foreach k,v in=$pairs do={ :set line "$line $k=$v" }
    :put ([:len $pairs] . " pairs:" . $line)
    :local span 90m
    :put ($span . " " . (([:tonum [:pick $span 0 2]] * 60) + [:tonum [:pick $span 3 5]]) . " minutes")
    :global neverSet
    :put ([:typeof "a"] . " " . [:typeof 1] . " " . [:typeof 1.2.3.4] . " " . [:typeof 1.2.3.0/24] . " " . [:typeof true] . " " . [:typeof 1s] . " " . [:typeof {1;2}] . " " . [:typeof $neverSet])
}
