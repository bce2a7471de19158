# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Interfaces and addresses of a plan, held against those that the router has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Interface

from .diff import Found
from .preflight_finding import Finding, error, warning
from .preflight_view import (
    ADDRESS,
    BRIDGE_PORT,
    INTERFACE,
    INTERFACE_PROPERTIES,
    LIST,
    Reader,
    View,
    enabled,
    network,
    yes,
)

#: Properties of planned rows that name one interface.
_NAMING = ("interface", "in-interface", "out-interface")
_SHOWN = 12


def interfaces(view: View, reader: Reader) -> Iterator[Finding]:
    """Missing ones, ports of a bridge, and lines without a link. Nothing is said when the router tells of none."""
    found = {row.values.get("name", ""): row for row in reader.rows(INTERFACE, INTERFACE_PROPERTIES)}
    if not found:
        return
    made = _made(view)
    ports = {str(row.values.get("interface")) for row in view.rows if row.menu == BRIDGE_PORT}
    for name, where in _named(view).items():
        row = found.get(name)
        if row is None and name in made:
            continue
        if row is None:
            yield error("interfaces", _missing(name, where, found))
        elif name in ports:  # meant to be slaves
            continue
        elif yes(row.values.get("slave")):
            yield error("bridge-port", _slave(name, where, reader))
        elif yes(row.values.get("disabled")):
            yield warning(
                "line-down", f"{INTERFACE} {name}, {where}, is disabled: nothing goes through it before it is enabled"
            )
        elif row.values.get("running") in ("false", "no"):
            yield warning("line-down", f"{INTERFACE} {name}, {where}, has no link now (running=no)")


def _made(view: View) -> frozenset[str]:
    """Interfaces that the plan itself brings: VLANs, bridges, tunnels."""
    rows = (row for row in view.rows if row.menu.startswith("/interface/"))
    return frozenset(str(row.values["name"]) for row in rows if row.menu != LIST and "name" in row.values)


def _named(view: View) -> dict[str, str]:
    """Interface to what it is for."""
    names = {name: f"of {view.called(name)}" for name in (*view.uplinks, *view.segments)}
    for row in view.rows:
        for key in _NAMING:
            name = row.values.get(key)
            if isinstance(name, str) and name:
                names.setdefault(name.lstrip("!"), f"which {row.menu} [{row.tag}] names")
    return names


def _missing(name: str, where: str, found: Mapping[str, Found]) -> str:
    there = sorted(other for other, row in found.items() if not yes(row.values.get("dynamic")))
    shown = ", ".join(there[:_SHOWN]) + (f" and {len(there) - _SHOWN} more" if len(there) > _SHOWN else "")
    return f"{INTERFACE} has no {name}, {where}; there are: {shown}. Name one of these, or make it first"


def _slave(name: str, where: str, reader: Reader) -> str:
    ports = enabled(reader.rows(BRIDGE_PORT, ("interface", "bridge", "disabled")))
    port = next((row for row in ports if row.values.get("interface") == name), None)
    if port is None:
        return (
            f"{INTERFACE} {name}, {where}, is a slave of another interface (a bond, for example), so addresses and"
            " rules on it do nothing. Name that other interface, or take it out there"
        )
    bridge = port.values.get("bridge", "a bridge")
    return (
        f"{BRIDGE_PORT} {port.id} makes {name}, {where}, a port of {bridge}: addresses and rules on it do nothing, and"
        f" the line would stand in one network with the rest of {bridge}. Remove that port, or name {bridge} instead"
    )


def addresses(view: View) -> Iterator[Finding]:
    """Two uplinks may share a network (two modems as they come from the shop); a segment and an uplink may not."""
    gone = view.removed(ADDRESS)
    for row in view.rows:
        if row.menu != ADDRESS or not isinstance(text := row.values.get("address"), str):
            continue
        for other in enabled(view.router.get(ADDRESS, ())):
            interface = other.values.get("interface", "")
            if other.id in gone or other.tag == row.tag or interface in ("", row.values.get("interface")):
                continue
            if interface not in view.uplinks and not yes(other.values.get("invalid")):
                yield from _collision(view, str(row.values.get("interface")), text, other)


def _collision(view: View, interface: str, text: str, other: Found) -> Iterator[Finding]:
    theirs = other.values.get("address", "")
    ours_net, their_net = network(text), network(theirs)
    if ours_net is None or their_net is None:
        return
    on = other.values.get("interface", "")
    what = f"{on} ({view.called(on)})" if on in view.segments else on
    where = f"{ADDRESS} {other.id} has {theirs} on {what}"
    if IPv4Interface(text).ip == IPv4Interface(theirs).ip:
        yield error(
            "addresses",
            f"{where}, which is the address that {view.called(interface)} gets on {interface}. One of the two has to"
            " change",
        )
    elif ours_net.overlaps(their_net) and 32 not in (ours_net.prefixlen, their_net.prefixlen):
        yield error(
            "addresses",
            f"{where}, which overlaps {text} of {view.called(interface)} on {interface}: answers would leave by the"
            " wrong one of the two. Give the modem, or the network behind the router, another network",
        )
