# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole nft table: counters, sets, chains."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lab.derive.addresses import Addresses
from lab.derive.firewall import fasttrack
from lab.derive.firewall.chains import FAMILIES, compile_menu
from lab.derive.firewall.context import Context, identifier
from lab.derive.interfaces import Interfaces
from lab.derive.ip import collapse
from lab.derive.marks import Marks
from lab.derive.plan import NFT_TABLE, Note
from lab.schema.snapshot import Snapshot

LIST_MENU = "/ip/firewall/address-list"
_LARGEST_DYNAMIC_LIST = 65535


@dataclass(frozen=True)
class Firewall:
    """``text`` is the table; ``status`` holds ``invalid`` of every firewall row."""

    text: str
    status: Mapping[tuple[str, int], Mapping[str, str]]
    notes: tuple[Note, ...]


def compile_firewall(
    snapshot: Snapshot, *, interfaces: Interfaces, addresses: Addresses, marks: Marks, trace: str | None = None
) -> Firewall:
    """All firewall menus. ``trace`` (see ``derive``) adds counters ``seen-<menu>-<id>``."""
    lists, notes = _address_lists(snapshot)
    context = Context(interfaces, addresses, marks, lists, _filled(snapshot), fasttrack=fasttrack.fasttracks(snapshot))
    status: dict[tuple[str, int], Mapping[str, str]] = {}
    chains: list[str] = []
    counters: list[str] = []
    for family in FAMILIES:
        rows = snapshot.rows(family.menu)
        compiled = compile_menu(family, rows, context, trace=trace)
        chains += compiled.lines
        notes += compiled.notes
        for row in rows:
            status[family.menu, row.id] = {"invalid": "true" if row.id in compiled.problems else "false"}
        for row_id in sorted(compiled.counted):  # rows that no packet can reach yet do not change the table
            counters += [
                f"  counter {kind}{family.key}-{row_id} {{ }}" for kind in (("",) if trace is None else ("", "seen-"))
            ]
    if context.fasttrack:
        counters.append(f"  counter {fasttrack.COUNTER} {{ }}")
        chains.append(fasttrack.count_chain())
    status["/ip/settings", 0] = {"ipv4-fasttrack-active": "true" if context.fasttrack else "false"}
    lines = [f"table ip {NFT_TABLE} {{", *counters, *_sets(context), *chains, "}"]
    return Firewall("\n".join(lines) + "\n", status, tuple(notes))


def _address_lists(snapshot: Snapshot) -> tuple[dict[str, tuple[str, ...]], list[Note]]:
    """List name -> addresses. Names of hosts are not resolved."""
    found: dict[str, tuple[str, ...]] = {}
    notes = []
    for row in snapshot.rows(LIST_MENU):
        text = row.get("address")
        if not row.enabled:
            continue
        try:
            collapse([text])
        except ValueError:
            notes.append(Note(LIST_MENU, row.id, f"{text} is not resolved"))
            continue
        found[row.get("list")] = (*found.get(row.get("list"), ()), text)
    return found, notes


def _filled(snapshot: Snapshot) -> frozenset[str]:
    names = set()
    for family in FAMILIES:
        for row in snapshot.rows(family.menu):
            if row.enabled and row.get("action") in ("add-src-to-address-list", "add-dst-to-address-list"):
                names.add(row.get("address-list"))
    return frozenset(names)


def _sets(context: Context) -> Iterator[str]:
    for name in sorted(context.used.address_lists):
        members = collapse(context.address_lists.get(name, ()))
        yield _set(f"list-{identifier(name)}", "type ipv4_addr; flags interval;", members)
    for name in sorted(context.used.dynamic_lists):
        yield _set(
            f"dynlist-{identifier(name)}", f"type ipv4_addr; flags dynamic,timeout; size {_LARGEST_DYNAMIC_LIST};", []
        )
    for name in sorted(context.used.interface_lists):
        members = []
        for member in sorted(context.interfaces.lists[name] or ()):
            interface = context.interfaces.get(member)
            if interface is not None:
                members.append(f'"{interface.kernel}"')
        yield _set(f"iflist-{identifier(name)}", "type ifname;", members)


def _set(name: str, kind: str, members: list[str]) -> str:
    elements = f" elements = {{ {', '.join(members)} }}" if members else ""
    return f"  set {name} {{ {kind}{elements}\n  }}"
