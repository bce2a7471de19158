# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
#| version: 7.22
#| about: words of 7.22: break and continue
#| output: 1 2 4
{
    :local out ""
    :for i from=1 to=10 do={
        :if ($i = 3) do={ :continue }
        :if ($i = 5) do={ :break }
        :set out "$out $i"
    }
    :put [:pick $out 1 [:len $out]]
}
