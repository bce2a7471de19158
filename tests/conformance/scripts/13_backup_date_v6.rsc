# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
#| version: 6.49
#| about: dates of version 6 are cut into pieces: mmm/dd/yyyy
#| output: 2021-03-07
#| output: year of the clock is a number: true
:global isoDate do={
    :local months {"jan"="01";"feb"="02";"mar"="03";"apr"="04";"may"="05";"jun"="06";"jul"="07";"aug"="08";"sep"="09";"oct"="10";"nov"="11";"dec"="12"}
    :local m [:pick $1 0 3]
    :return ([:pick $1 7 11] . "-" . ($months->$m) . "-" . [:pick $1 4 6])
}
:put [$isoDate "mar/07/2021"]
{
    :local now [/system clock get date]
    :local year [:tonum [:pick $now 7 11]]
    :put ("year of the clock is a number: " . ([:typeof $year] = "num"))
}
