# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows, ids, order, journal, snapshots."""

from lab.store.image import Image
from lab.store.journal import JournalEntry, UndoRecord
from lab.store.store import Store
from lab.store.trap import Trap, format_id, no_such_item, parse_id

__all__ = ["Image", "JournalEntry", "Store", "Trap", "UndoRecord", "format_id", "no_such_item", "parse_id"]
