# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""IPv4 as numbers: quick enough to resolve hundreds of routes after every change."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

_ALL = 0xFFFFFFFF


def number(text: str) -> int:
    """Dotted quad as a number; ``ValueError`` for anything else."""
    return int(ipaddress.IPv4Address(text))


def dotted(value: int) -> str:
    return f"{value >> 24}.{value >> 16 & 255}.{value >> 8 & 255}.{value & 255}"


def is_address(text: str) -> bool:
    try:
        number(text)
    except ValueError:
        return False
    return True


@dataclass(frozen=True, order=True)
class Prefix:
    """A network; the host bits are cleared."""

    network: int
    length: int

    @classmethod
    def parse(cls, text: str) -> Prefix:
        """``a.b.c.d/len`` or an address (then /32)."""
        address, _, length = text.partition("/")
        bits = int(length) if length else 32
        return cls(number(address) & mask(bits), bits)

    def holds(self, address: int) -> bool:
        return address & mask(self.length) == self.network

    def __str__(self) -> str:
        return f"{dotted(self.network)}/{self.length}"


def mask(length: int) -> int:
    return _ALL << (32 - length) & _ALL


def netmask(length: int) -> str:
    return dotted(mask(length))


def span(text: str) -> tuple[int, int]:
    """First and last address of ``a.b.c.d``, ``a.b.c.d/len`` or ``a.b.c.d-e.f.g.h``."""
    first, dash, last = text.partition("-")
    if dash:
        return number(first), number(last)
    prefix = Prefix.parse(text)
    return prefix.network, prefix.network | ~mask(prefix.length) & _ALL


def collapse(texts: Iterable[str]) -> list[str]:
    """Addresses, prefixes and ranges as the shortest sorted list of ranges that do not touch, in nft's spelling."""
    merged: list[list[int]] = []
    for first, last in sorted(span(text) for text in texts):
        if merged and first <= merged[-1][1] + 1:
            merged[-1][1] = max(merged[-1][1], last)
        else:
            merged.append([first, last])
    return [_spell(first, last) for first, last in merged]


def _spell(first: int, last: int) -> str:
    if first == last:
        return dotted(first)
    size = last - first + 1
    if size & (size - 1) == 0 and first % size == 0:
        return f"{dotted(first)}/{33 - size.bit_length()}"
    return f"{dotted(first)}-{dotted(last)}"
