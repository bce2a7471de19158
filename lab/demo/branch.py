# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The branch as its inventory describes it: read through ansible itself, never by parsing the files here."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lab.demo.record import Branch, Uplink

_RATE = re.compile(r"(\d+(?:\.\d+)?)\s*([kMG]?)(?:bps)?", re.IGNORECASE)
_FACTORS = {"": 1e-6, "k": 1e-3, "m": 1.0, "g": 1e3}


class InventoryError(Exception):
    """The inventory has no such branch, or ansible could not read it."""


def mbit(rate: object) -> float:
    """``10M`` -> 10.0; a bare number is bit/s."""
    match = _RATE.fullmatch(str(rate).strip())
    if match is None:
        raise InventoryError(f"speed {rate!r} is no rate such as 10M")
    return float(match[1]) * _FACTORS[match[2].lower()]


async def host_variables(host: str, inventories: Sequence[str], root: Path) -> dict[str, Any]:
    """What ``ansible-inventory --host`` says of the branch."""
    beside = Path(sys.executable).with_name("ansible-inventory")
    words = [str(beside) if beside.exists() else "ansible-inventory"]
    for inventory in inventories:
        words += ["-i", inventory]
    process = await asyncio.create_subprocess_exec(
        *words,
        "--host",
        host,
        cwd=root,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        out, err = await process.communicate()
    except BaseException:
        if process.returncode is None:
            process.kill()
            await process.wait()
        raise
    if process.returncode != 0:
        raise InventoryError(f"ansible-inventory: {err.decode(errors='replace').strip()}")
    variables = json.loads(out)
    if not variables.get("multiwan_uplinks"):
        raise InventoryError(f"the inventory has no branch {host} with multiwan_uplinks")
    return dict(variables)


def branch_from(host: str, variables: Mapping[str, Any], *, classifier: str = "both-addresses") -> Branch:
    """Only what the demo shows; the collection judges whether it is right."""
    return Branch(
        name=host,
        title=str(variables.get("multiwan_branch") or host.capitalize()),
        mode=str(variables.get("multiwan_mode", "balance")),
        classifier=str(variables.get("multiwan_classifier", classifier)),
        uplinks=tuple(_uplink(values) for values in variables["multiwan_uplinks"]),
        lan=tuple(
            str(segment.get("interface") or f"vlan{segment['vlan']}")
            for segment in variables.get("multiwan_segments", ())
        ),
    )


def _uplink(values: Mapping[str, Any]) -> Uplink:
    download = mbit(values["download"])
    return Uplink(
        name=str(values["name"]),
        label=str(values.get("label") or values["name"]),
        interface=str(values["interface"]),
        address=str(values.get("address", "")),
        gateway=str(values.get("gateway", "")),
        anchors=tuple(str(anchor) for anchor in values.get("anchors", ())),
        download_mbit=download,
        upload_mbit=mbit(values.get("upload", values["download"])),
        weight=float(values.get("weight", download)),
    )
