# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kernel settings of one namespace. ``/proc/sys/net`` shows the namespace of the thread that opens it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lab import netns

_ROOT = Path("/proc/sys")


def write(namespace: str, values: Mapping[str, str]) -> None:
    """Write each value that differs; ``OSError`` names the file that refuses."""
    with netns.inside(namespace):
        for path, value in values.items():
            file = _ROOT / path
            if path.startswith("net/bridge/") and not file.exists():
                continue  # a kernel without br_netfilter never shows bridged packets to the packet filter
            if file.read_text().strip() != value:
                file.write_text(value)
