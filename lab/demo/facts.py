# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where and with what a run was made."""

from __future__ import annotations

import asyncio
import datetime
import os
import platform
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

from lab.demo.record import Check, Record
from lab.demo.world import Lab


async def of(root: Path, lab: Lab, began: float) -> dict[str, Any]:
    """date, machine and versions of a record."""
    return {
        "date": datetime.datetime.fromtimestamp(began, datetime.UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "machine": {
            "kernel": platform.release(),
            "cores": str(len(os.sched_getaffinity(0))),
            "python": platform.python_version(),
        },
        "versions": {
            "collection": collection_version(root),
            "commit": await commit(root),
            "routeros": await lab.version(),
            "ansible_core": version("ansible-core"),
        },
    }


def collection_version(root: Path) -> str:
    file = root / "galaxy.yml"
    return str(yaml.safe_load(file.read_text(encoding="utf-8"))["version"]) if file.exists() else "unknown"


async def commit(root: Path) -> str:
    """The checkout's commit, with + when files differ from it; ``unknown`` outside a repository."""
    try:
        process = await asyncio.create_subprocess_exec(
            "git",
            *("describe", "--always", "--dirty=+", "--exclude=*"),
            cwd=root,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except FileNotFoundError:
        return "unknown"
    out, _ = await process.communicate()
    return out.decode().strip() or "unknown"


def judged(record: Record, checks: Sequence[Check]) -> Record:
    return replace(record, checks=tuple(checks))
