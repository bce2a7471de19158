# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``docs/commit-cost.md``: what a commit costs, beside others, as ratios of one run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

PAGE = "commit-cost.md"
NAMES = {
    "commit": "commit, protected",
    "commit-bare": "commit, unprotected",
    "loop": "bare librouteros loop",
    "site": "site.yml, protected",
    "site-bare": "site.yml, unprotected",
    "api-modify": "api_modify, a task for each menu",
}
STEPS = ("first", "small", "same")
HEAD = """\
<!--
SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
SPDX-License-Identifier: GPL-3.0-or-later
Made by `./dev bench commit --docs`; don't edit.
-->
# What the protection of a commit costs

The branch `jakarta` on the lab's router: its first deploy, a small change (an address that is never balanced), and a
run that finds nothing to do. Each cell: seconds (how many times those of the first line of its kind), commands that
the router did, writes among them, connections. All of it over API-SSL with the certificate checked.
"""
MEANS = """\
- *protected*: lock, backup, dead man with its undo, read back over a new connection, the router's pings, disarming;
  the defaults. *unprotected*: `multiwan_dead_man_s: 0`, `multiwan_backup: false`, `multiwan_reach: []`.
- *commit*: the action's engine without Ansible, in a process that has imported it. *bare librouteros loop*: one
  print for each menu, one add for each row whose comment isn't there; no order, no change, no removal, no check and
  no way back.
- *site.yml* and *api_modify*: whole runs of ansible-playbook, with its start. api_modify (community.routeros) has
  the same rows but those of `/ip/dhcp-server/alert`, which it does not know.
- Ratios are of the same run on the same machine; the seconds say nothing of a MikroTik, whose flash and processor
  are slower.
"""
#: Whom the others of a kind are compared with.
_FIRST = {"commit": "loop", "commit-bare": "loop", "loop": "loop", "site": "api-modify", "site-bare": "api-modify"}


def lines(found: Sequence[Mapping[str, Any]], rtt: float) -> Iterator[tuple[str, list[str]]]:
    """Who, and a cell for each step."""
    entries = {entry["contender"]: entry["steps"] for entry in found if entry["rtt_ms"] == rtt}
    for key, steps in entries.items():
        base = entries.get(_FIRST.get(key, key), steps)
        yield NAMES[key], [_cell(steps[step], base[step]) for step in STEPS]


def _cell(one: Mapping[str, float], base: Mapping[str, float]) -> str:
    ratio = one["seconds"] / base["seconds"] if base["seconds"] else 0.0
    counts = f"{one.get('all', 0):.0f}, {one.get('writes', 0):.0f}, {one['connections']:.0f}"
    return f"{one['seconds']:.2f} s (×{ratio:.2f}); {counts}"


def write(folder: Path, data: Mapping[str, Any]) -> Path:
    found = data["entries"]
    rows = max(entry["rows"] for entry in found)
    parts = [HEAD, f"Measured {data['measured']}: {data['machine']}; middle of {data['repeats']}; {rows} rows.\n"]
    for rtt in sorted({entry["rtt_ms"] for entry in found}):
        parts += [f"## {rtt:g} ms to the router and back", "", "| who | first deploy | small change | nothing to do |"]
        parts += ["|---|---:|---:|---:|", *(f"| {who} | {' | '.join(cells)} |" for who, cells in lines(found, rtt)), ""]
    parts += ["Ratios: of the bare loop, for whole runs of api_modify.", "", MEANS]
    page = folder / PAGE
    page.write_text("\n".join(parts), encoding="utf-8")
    return page
