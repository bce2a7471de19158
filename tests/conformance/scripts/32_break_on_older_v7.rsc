# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
#| version: 7.20
#| about: break is unknown before 7.22
#| refused: bad command name break (line 9 column 6)
:for i from=1 to=10 do={
    # the next line has a tab and blanks before it

    :break
}
