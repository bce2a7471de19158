# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who wrote what, when: the journal that tests read, and the undo records behind ``/system/history``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lab.schema.snapshot import ConfigRow


@dataclass(frozen=True)
class JournalEntry:
    """One command as it came in. ``time`` in seconds of the router's clock; refused commands have ``error``."""

    time: float
    user: str
    origin: str
    menu: str
    command: str
    args: Mapping[str, str]
    error: str = ""


@dataclass(frozen=True)
class UndoRecord:
    """How to take one write back: the rows of every menu it touched, as they were."""

    time: float
    user: str
    policy: str
    action: str
    menu: str
    before: Mapping[str, tuple[ConfigRow, ...]]
    #: the command, and the one that takes it back, as ``/system/history`` shows them
    redo: str = ""
    undo: str = ""
