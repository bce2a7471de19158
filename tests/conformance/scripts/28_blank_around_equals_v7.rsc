# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
#| version: 7.22
#| about: a beginner's mistake: blanks around = before the block
#| refused: expected end of command
#| rows: /ip/pool name=never 0
/ip/pool/add name=never ranges=10.9.9.1-10.9.9.2
:if (1 = 1) do = { /ip/pool/add name=never2 ranges=10.9.9.5-10.9.9.6 }
