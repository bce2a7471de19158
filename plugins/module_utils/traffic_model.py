# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a branch says about single kinds of traffic: lists of addresses, ports that are forwarded."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Union

#: An address or a network, or a DNS name that the router looks up again when its time to live is over.
Entry = Union[IPv4Network, str]  # noqa: UP007 - ansible-test reads module_utils as Python 3.8


@dataclass(frozen=True)
class AddressList:
    """An address list that belongs to the branch. ``entries``: networks first, then names, each sorted."""

    name: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Forward:
    """A port of the branch's public addresses that a host inside answers.

    ``port``: as RouterOS takes it, single ports and ranges with commas. ``to_port``: ``None`` when they stay the same.
    ``uplinks``: names of those on which it is open; empty: all. ``hairpin``: clients inside reach it the same way.
    """

    name: str
    label: str
    protocol: str
    port: str
    to: IPv4Address
    to_port: int | None
    uplinks: tuple[str, ...]
    hairpin: bool
