# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
#| version: 7.12
#| about: :onerror came with 7.13
#| refused: bad command name onerror (line 7 column 2)
/ip pool add name=never ranges=10.9.9.1-10.9.9.2
:onerror e in={ /tool fetch url="http://192.0.2.1/x" output=none } do={ :log error $e }
