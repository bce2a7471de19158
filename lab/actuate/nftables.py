# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Loads the packet filter of one namespace: one transaction per change, counters and dynamic sets survive it."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterable, Mapping
from typing import Any

from lab import netns
from lab.derive.plan import COUNTER_MENUS, NFT_TABLE

_DECLARED = re.compile(r"^\s+(chain|set|counter) (\S+) \{", re.MULTILINE)
_DYNAMIC = re.compile(r"^\s+set (\S+) \{[^}]*flags dynamic", re.MULTILINE)
_COUNTER = re.compile(r"(?:(seen)-)?([a-z]+)-(\d+)")
DYNAMIC_LIST = "dynlist-"


def declared(text: str) -> dict[str, frozenset[str]]:
    """``chain``, ``set`` and ``counter`` -> names that a table text declares, one declaration a line."""
    found: dict[str, set[str]] = {"chain": set(), "set": set(), "counter": set()}
    for kind, name in _DECLARED.findall(text):
        found[kind].add(name)
    return {kind: frozenset(names) for kind, names in found.items()}


def transaction(old: str, new: str, name: str = NFT_TABLE, family: str = "ip") -> str:
    """The nft commands that turn table text ``old`` ("" for none) into ``new``, all or nothing.

    Rules are flushed and written anew; objects that stay are declared again, which keeps their state (nft 1.0.6).
    """
    table = f"table {family} {name}"
    if not new:
        return f"{table} {{ }}\ndelete {table}\n"
    if not old:
        return f"{table} {{ }}\ndelete {table}\n{new}"
    before, after = declared(old), declared(new)
    keeps_state = set(_DYNAMIC.findall(old)) & set(_DYNAMIC.findall(new))
    lines = [f"flush {table}"]
    for kind in ("chain", "counter"):
        lines += [f"delete {kind} {family} {name} {one}" for one in sorted(before[kind] - after[kind])]
    lines += [f"delete set {family} {name} {one}" for one in sorted(before["set"] - keeps_state)]
    return "\n".join(lines) + "\n" + new


class Nftables:
    """One table of one namespace."""

    def __init__(self, namespace: str, table: str = NFT_TABLE, *, family: str = "ip") -> None:
        self._namespace = namespace
        self._table = table
        self._family = family
        self._loaded = ""

    def load(self, text: str) -> None:
        """Make the table hold ``text``; raises ``RuntimeError`` with nft's words and changes nothing when refused."""
        if text == self._loaded:
            return
        self._nft("-f", "-", stdin=transaction(self._loaded, text, self._table, self._family))
        self._loaded = text

    def counters(self) -> Mapping[tuple[str, int], tuple[int, int]]:
        """(menu, row id) -> (packets, bytes) that matched."""
        return self._counters(seen=False)

    def evaluations(self) -> Mapping[tuple[str, int], int]:
        """(menu, row id) -> packets that were held against the row; only with a table that traces."""
        return {row: packets for row, (packets, _bytes) in self._counters(seen=True).items()}

    def _counters(self, *, seen: bool) -> dict[tuple[str, int], tuple[int, int]]:
        found = {}
        for item in self._list("counters", "counter"):
            match = _COUNTER.fullmatch(item["name"])
            if match and bool(match[1]) == seen and match[2] in COUNTER_MENUS:
                found[COUNTER_MENUS[match[2]], int(match[3])] = item["packets"], item["bytes"]
        return found

    def reset(self, names: Iterable[str]) -> None:
        """Set counters back to zero by their nft names."""
        commands = "".join(f"reset counter ip {self._table} {name}\n" for name in names)
        if commands:
            self._nft("-f", "-", stdin=commands)

    def dynamic_addresses(self) -> Mapping[str, tuple[tuple[str, int], ...]]:
        """nft set name without its prefix -> (address, seconds left; 0 for ever) that rules have put there."""
        found = {}
        for item in self._list("sets", "set"):
            if item["name"].startswith(DYNAMIC_LIST):
                members = tuple(_member(entry) for entry in item.get("elem", ()))
                found[item["name"].removeprefix(DYNAMIC_LIST)] = members
        return found

    def remove_dynamic_address(self, name: str, address: str) -> None:
        """Raises ``KeyError`` when the list or the address is not there (any more)."""
        try:
            self._nft("delete", "element", "ip", self._table, DYNAMIC_LIST + name, f"{{ {address} }}")
        except RuntimeError as refusal:
            raise KeyError(address) from refusal

    def _list(self, what: str, kind: str) -> list[dict[str, Any]]:
        if not self._loaded:
            return []
        answer = json.loads(self._nft("-j", "list", what, "table", "ip", self._table))
        return [entry[kind] for entry in answer["nftables"] if kind in entry]

    def _nft(self, *arguments: str, stdin: str | None = None) -> str:
        # the thread enters the namespace, the child inherits it: no code of ours runs between fork and exec
        with netns.inside(self._namespace):
            done = subprocess.run(("nft", *arguments), input=stdin, text=True, capture_output=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"nft {' '.join(arguments)} in {self._namespace}: {done.stderr.strip()}")
        return done.stdout


def _member(entry: str | dict[str, Any]) -> tuple[str, int]:
    if isinstance(entry, str):
        return entry, 0
    element = entry["elem"]
    return element["val"], int(element.get("expires", 0))
