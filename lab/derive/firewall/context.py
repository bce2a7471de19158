# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the compiler of a single row needs to know about the rest of the router."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from lab.derive.addresses import Addresses
from lab.derive.interfaces import Interface, Interfaces
from lab.derive.marks import Marks

_IDENTIFIER = re.compile(r"[A-Za-z0-9_.-]+")


class Unsupported(Exception):
    """A row that can't be enacted; the text says which part of it."""


@dataclass
class Used:
    """Sets that rows have referred to while they were compiled."""

    address_lists: set[str] = field(default_factory=set)
    dynamic_lists: set[str] = field(default_factory=set)
    interface_lists: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Context:
    """``address_lists``: name -> members. ``filled``: lists that some rule adds to while packets pass."""

    interfaces: Interfaces
    addresses: Addresses
    marks: Marks
    address_lists: Mapping[str, tuple[str, ...]]
    filled: frozenset[str]
    used: Used = field(default_factory=Used)
    #: some row fast-tracks connections
    fasttrack: bool = False

    def interface(self, name: str) -> Interface:
        found = self.interfaces.get(name)
        if found is None:
            raise Unsupported(f"no interface {name}")
        if found.master:  # facts 1.2
            raise Unsupported(f"{name} is a slave of {found.master}")
        return found


def identifier(name: str) -> str:
    """A name as nft accepts it; different names stay different."""
    if _IDENTIFIER.fullmatch(name):
        return name
    return re.sub(r"[^A-Za-z0-9_.-]", "_", name) + f".{zlib.crc32(name.encode()):08x}"


def quoted(text: str) -> str:
    """A string literal. nft knows no escapes: quotes and control characters are dropped."""
    return '"' + re.sub(r'["\\\x00-\x1f]', "", text) + '"'
