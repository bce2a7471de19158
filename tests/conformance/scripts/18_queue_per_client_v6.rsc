# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
#| version: 6.49
#| about: one simple queue for each address of a range
#| rows: /queue/simple name~"^client-" 20
#| rows: /queue/simple name=client-10 target=192.168.88.10/32 max-limit=2000000/10000000 1
:for x from=5 to=24 do={
    /queue simple add name="client-$x" target="192.168.88.$x" max-limit=2M/10M comment="by script"
}
