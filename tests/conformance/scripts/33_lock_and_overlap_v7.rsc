# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
#| version: 7.22
#| about: guard against overlapping runs by a global; the error text is caught and shown
#| output: caught: already running
#| output: no such item
#| again: no
:global busy true
:onerror e in={ :if ($busy) do={ :error "already running" } } do={ :put "caught: $e" }
:onerror e in={ /ip/route/get [find comment="not there"] gateway } do={ :put "$e" }
