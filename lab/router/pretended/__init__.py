# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A router without a kernel: its configuration, scripts and API are real, what it sees of the world is pretended.

For fleets: hundreds of them run in one process. What is pretended is listed in lab/FIDELITY.md.
"""

from __future__ import annotations

from lab.store import Trap

__all__ = ["Trap"]
