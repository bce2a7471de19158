# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``/queue/simple`` refuses beside duplicates. The words are those that programs for RouterOS 7 look for."""

from __future__ import annotations

from lab.schema.snapshot import ConfigRow
from lab.store.trap import Trap

SIMPLE = "/queue/simple"


def check_simple(row: ConfigRow) -> None:
    """A guarantee above the limit. A limit of 0 is none, so that every guarantee is below it."""
    ways = zip(
        ("upload", "download"), row.get("max-limit", "0/0").split("/"), row.get("limit-at", "0/0").split("/"),
        strict=True,
    )  # fmt: skip
    for way, most, least in ways:
        if 0 < int(most) < int(least):
            raise Trap(f"failure: {way}-max-limit less than {way}-limit")
