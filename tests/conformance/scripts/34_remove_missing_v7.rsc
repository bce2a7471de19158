# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
#| version: 7.22
#| about: nothing found is silent for remove, an error for a name that does not exist
#| refused: no such item
#| rows: /ip/pool name=before 1
#| rows: /ip/pool name=after 0
/ip/pool/add name=before ranges=10.9.9.1-10.9.9.2
/ip/pool/remove [find name=nothing]
/ip/pool/remove nothing
/ip/pool/add name=after ranges=10.9.9.3-10.9.9.4
