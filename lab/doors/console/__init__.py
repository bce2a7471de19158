# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The console: what a line prints, how a terminal is driven. Transport is elsewhere (``lab.doors.ssh``)."""

from lab.doors.console.session import ConsoleSession
from lab.doors.console.settings import TerminalSettings, split_login

__all__ = ["ConsoleSession", "TerminalSettings", "split_login"]
