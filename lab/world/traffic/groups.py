# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who uses the internet at once, as text: ``crew:down:clients=10,guests:up:clients=4:flood=20M``. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lab.world.traffic.figures import jain, mbit
from lab.world.uplinks import TopologyError, parse_rate

#: the flat LAN's name in a group
LAN_PLACE = "lan"
_FORM = "place:down|up[:clients=N][:flows=N][:flood=RATE], for example crew:down:clients=10:flows=2"
_PLACE = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")


class GroupError(ValueError):
    """A group that can't be read; the text says what is expected."""


@dataclass(frozen=True)
class Group:
    """Clients of one place. ``flows``: TCP connections of each client. ``flood``: bit/s of UDP of all, 0 for TCP."""

    place: str
    direction: str
    clients: int = 1
    flows: int = 1
    flood: int = 0


def parse_groups(text: str) -> tuple[Group, ...]:
    groups = tuple(_group(word.strip()) for word in text.split(",") if word.strip())
    if not groups:
        raise GroupError(f"groups {text!r}: {_FORM} is expected")
    return groups


def _group(word: str) -> Group:
    place, *options = word.split(":")
    direction = options.pop(0) if options else "down"
    values: dict[str, int] = {}
    for option in options:
        name, _, value = option.partition("=")
        if name == "flood":
            try:
                values[name] = parse_rate(value)
            except TopologyError as error:
                raise GroupError(f"group {word!r}: {error}") from None
        elif name in ("clients", "flows") and value.isdigit() and int(value) > 0:
            values[name] = int(value)
        else:
            raise GroupError(f"group {word!r}: {_FORM} is expected")
    if not _PLACE.fullmatch(place) or direction not in ("down", "up"):
        raise GroupError(f"group {word!r}: {_FORM} is expected")
    return Group(place, direction, **values)


def summary(group: Group, received: Sequence[tuple[str, float]], seconds: float) -> Mapping[str, object]:
    """``received``: (client, bytes) of every flow. Rates are Mbit/s of data, as the receiver got it."""
    clients: dict[str, float] = {}
    for client, size in received:
        clients[client] = clients.get(client, 0.0) + size
    rates = {client: mbit(size, seconds) for client, size in clients.items()}
    return {
        "place": group.place,
        "direction": group.direction,
        "kind": "flood" if group.flood else "tcp",
        "goodput_mbit": mbit(sum(clients.values()), seconds),
        "fairness": jain(list(rates.values())),
        "clients": rates,
    }


def totals(groups: Iterable[Mapping[str, object]]) -> Mapping[str, Mapping[str, float]]:
    """Place -> direction -> Mbit/s of all its groups."""
    found: dict[str, dict[str, float]] = {}
    for group in groups:
        ways = found.setdefault(str(group["place"]), {})
        way = str(group["direction"])
        ways[way] = round(ways.get(way, 0.0) + float(str(group["goodput_mbit"])), 3)
    return found
