# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
#| version: 7.22
#| about: fair shares by PCQ in a tree, and a retry that gives up
#| rows: /queue/type kind=pcq name~"^fair" 2
#| rows: /queue/tree parent=global 2
#| rows: /queue/tree name=down queue=fair-down max-limit=50000000 1
#| output: gave up after 3
/queue type
add name=fair-down kind=pcq pcq-classifier=dst-address pcq-rate=0
add name=fair-up kind=pcq pcq-classifier=src-address pcq-rate=0
/queue tree
add name=down parent=global packet-mark=down queue=fair-down max-limit=50M
add name=up parent=global packet-mark=up queue=fair-up max-limit=10M
{
    :local tries 0
    :do {
        :retry command={ :set tries ($tries + 1); :error "no" } delay=0 max=3
    } on-error={ :put "gave up after $tries" }
}
