# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
#| version: 7.22
#| about: collects what the log said of one topic; nothing is sent when there is nothing
#| output: 2 lines: one|two
/log warning "report: one"
:log warning "report: two"
:log info "something else"
{
    :local found ""
    :local count 0
    :foreach entry in=[/log/find where message~"^report: "] do={
        :local text [/log/get $entry message]
        :if ([:len $found] > 0) do={ :set found ($found . "|") }
        :set found ($found . [:pick $text 8 [:len $text]])
        :set count ($count + 1)
    }
    :if ($count > 0) do={ :put "$count lines: $found" }
}
