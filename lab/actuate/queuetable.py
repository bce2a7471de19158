# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Loads the table that chooses queues, chain by chain.

A transaction must fit into the socket's buffer, and without root that is the kernel's ``wmem_max``: about 500 rules
[measured on 6.18: "Message too long"]. So only chains that differ are written, in several transactions; the one that
leads into the others comes last, as it stands in the text.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Sequence

from lab import netns

_BLOCK = re.compile(r"^  (chain|map) (\S+) \{(.*?)^  \}", re.MULTILINE | re.DOTALL)
#: Lines of chains and elements of maps in one transaction.
_LINES = 200
_TYPE = "type "
#: Hours of a day are read in the time zone of the process; the lab's routers live in UTC.
ENVIRONMENT = {**os.environ, "TZ": "UTC"}

Block = tuple[str, str]


def blocks(text: str) -> dict[Block, str]:
    """(chain or map, name) -> what stands inside, in the order of the text."""
    return {(kind, name): inside for kind, name, inside in _BLOCK.findall(text)}


def steps(table: str, old: str, new: str) -> Iterator[str]:
    """Transactions that turn one text into the other; the first makes the table."""
    before, after = blocks(old), blocks(new)
    if not after:
        yield f"table ip {table} {{ }}\ndelete table ip {table}\n"
        return
    if not before:
        yield f"table ip {table} {{ }}\ndelete table ip {table}\ntable ip {table} {{ }}\n"
    changed = [key for key, inside in after.items() if before.get(key) != inside]
    yield from _maps(table, [(name, after[kind, name]) for kind, name in changed if kind == "map"])
    chains = [(name, after[kind, name]) for kind, name in changed if kind == "chain"]
    yield from _chains(table, chains, {name for kind, name in before if kind == "chain"})
    gone = [key for key in before if key not in after]
    # a chain that leads to others goes before them, and maps go last
    order = [f"delete chain ip {table} {name}" for kind, name in reversed(gone) if kind == "chain"]
    order += [f"delete map ip {table} {name}" for kind, name in gone if kind == "map"]
    for start in range(0, len(order), _LINES):
        yield "\n".join(order[start:][:_LINES]) + "\n"


def _maps(table: str, changed: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Maps that are there get elements: what is in them already is never wrong (``chains.table``)."""
    for start in range(0, len(changed), _LINES):
        part = changed[start:][:_LINES]
        yield f"table ip {table} {{\n" + "".join(f"  map {name} {{{inside}  }}\n" for name, inside in part) + "}\n"


def _chains(table: str, changed: Sequence[tuple[str, str]], known: set[str]) -> Iterator[str]:
    lines: list[str] = []
    for name, inside in changed:
        rules = [line.strip() for line in inside.splitlines() if line.strip()]
        head = [rules.pop(0)] if rules and rules[0].startswith(_TYPE) else []
        # a chain is empty and filled anew in one transaction, as far as it fits into one
        if lines and len(lines) + len(rules) > _LINES:
            yield "\n".join(lines) + "\n"
            lines = []
        lines.append(f"add chain ip {table} {name}{f' {{ {head[0]} }}' if head else ''}")
        if name in known:
            lines.append(f"flush chain ip {table} {name}")
        for rule in rules:
            lines.append(f"add rule ip {table} {name} {rule}")
            if len(lines) >= _LINES + 2:
                yield "\n".join(lines) + "\n"
                lines = []
    if lines:
        yield "\n".join(lines) + "\n"


class QueueTable:
    """The table of one namespace."""

    def __init__(self, namespace: str, table: str) -> None:
        self._namespace = namespace
        self._table = table
        self._loaded = ""

    def load(self, text: str) -> None:
        """Make the table hold ``text``, "" for none. ``RuntimeError`` has nft's words; then all is made anew."""
        if text == self._loaded:
            return
        before, self._loaded = self._loaded, ""
        for step in steps(self._table, before, text):
            self._nft(step)
        self._loaded = text

    def _nft(self, commands: str) -> None:
        # the thread enters the namespace, the child inherits it: no code of ours runs between fork and exec
        with netns.inside(self._namespace):
            done = subprocess.run(
                ("nft", "-f", "-"), input=commands, text=True, capture_output=True, check=False, env=ENVIRONMENT
            )
        if done.returncode != 0:
            raise RuntimeError(f"queues: nft in {self._namespace}: {done.stderr.strip()}")
