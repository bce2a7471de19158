# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a router holds of the things that bootstrap sets up: one reading script for each menu, and its answer.

Each line that a script prints is ``mw`` and fields between bars; free text stands last, or is only looked at on the
router. Everything runs on RouterOS 6.49 to 7.24: no brackets of newer versions, ``on-error`` around what some lack.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ..module_utils.quoting import quote
from ..module_utils.tags import tag

#: Owner of everything that bootstrap writes.
OWNER = "bootstrap"
ACCEPT_TAG = tag(OWNER, "api")
LIST_TAG = tag(OWNER, "management")
#: List of the management networks.
LIST = "mw-management"

Run = Callable[[str], str]

#: the router's word, and ours for a service that has no such property
_NO_CERTIFICATE = ("none", "false")
_BLOCKING = frozenset({"drop", "reject", "tarpit"})
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True)
class Service:
    id: str
    name: str
    port: str
    disabled: bool
    certificate: str
    addresses: frozenset[str]


@dataclass(frozen=True)
class Group:
    id: str
    name: str
    #: as the router names them; those that it lacks are in ``known`` only
    policies: frozenset[str]
    known: frozenset[str]


@dataclass(frozen=True)
class User:
    id: str
    group: str
    disabled: bool
    addresses: frozenset[str]


@dataclass(frozen=True)
class Certificate:
    id: str
    name: str
    has_key: bool


@dataclass(frozen=True)
class Rule:
    """A row of ``/ip/firewall/filter``. ``matches``: what our own accepts, empty for others."""

    id: str
    chain: str
    action: str
    jump_target: str
    disabled: bool
    dynamic: bool
    own: bool
    matches: str


@dataclass(frozen=True)
class Entry:
    """A row of the list of management networks."""

    id: str
    address: str
    own: bool


@dataclass(frozen=True)
class State:
    version: str
    clock: datetime.date | None
    services: tuple[Service, ...]
    groups: tuple[Group, ...]
    user: User | None
    certificates: tuple[Certificate, ...]
    rules: tuple[Rule, ...]
    entries: tuple[Entry, ...]
    #: from where the router sees the SSH sessions of the user that bootstrap logged in as; empty: it does not tell
    seen_from: frozenset[str]

    def service(self, name: str) -> Service | None:
        return next((service for service in self.services if service.name == name), None)

    def group(self, name: str) -> Group | None:
        return next((group for group in self.groups if group.name == name), None)

    def known_policies(self) -> frozenset[str]:
        return frozenset().union(*(group.known for group in self.groups))

    def first_blocking(self) -> Rule | None:
        """The first enabled row of the input chain that drops, or jumps to where something is dropped."""
        return next((rule for rule in self.input_rules() if self._blocks(rule, frozenset())), None)

    def input_rules(self) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.rules if rule.chain == "input" and not rule.disabled and not rule.dynamic)

    def _blocks(self, rule: Rule, seen: frozenset[str]) -> bool:
        if rule.disabled:
            return False
        if rule.action != "jump" or rule.jump_target in seen:
            return rule.action in _BLOCKING
        inside = (inner for inner in self.rules if inner.chain == rule.jump_target)
        return any(self._blocks(inner, seen | {rule.jump_target}) for inner in inside)


def read(run: Run, *, user: str, logged_in: str) -> State:
    """The state of the router at whose console ``run`` works. ``user``: whom bootstrap makes; ``logged_in``: who it is.

    Raises what ``run`` raises, and ``ValueError`` for an answer that can't be understood.
    """
    version, day = _fields(run(_SYSTEM), 3)[0][1:]
    return State(
        version=version,
        clock=parse_day(day),
        services=tuple(_service(line) for line in _fields(run(_SERVICES), 7)),
        groups=tuple(_group(line) for line in _fields(run(_GROUPS), 4)),
        user=next((_user(line) for line in _fields(run(_USER.replace("USER", quote(user))), 5)), None),
        certificates=tuple(
            Certificate(i, name, key == "true") for _first, i, key, name in _fields(run(_CERTIFICATES), 4)
        ),
        rules=tuple(_rule(line) for line in _fields(run(_RULES), 9)),
        entries=tuple(Entry(i, address, own == "true") for _first, i, own, address in _fields(run(_ENTRIES), 4)),
        seen_from=frozenset(address for _first, name, address in _fields(run(_ACTIVE), 3) if name == logged_in),
    )


def parse_day(text: str) -> datetime.date | None:
    """``2026-11-21`` (7.10 and newer) or ``nov/21/2026``; ``None`` for anything else."""
    if found := re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", text):
        year, month, day = (int(part) for part in found.groups())
    elif (found := re.fullmatch(r"([a-z]{3})/(\d\d)/(\d{4})", text)) and found[1] in _MONTHS:
        year, month, day = int(found[3]), _MONTHS.index(found[1]) + 1, int(found[2])
    else:
        return None
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def _fields(printed: str, count: int) -> list[list[str]]:
    lines = [line.strip("\r") for line in printed.split("\n")]
    rows = [line.split("|", count - 1) for line in lines if line.startswith("mw|")]
    short = next((row for row in rows if len(row) != count), None)
    if short is not None:
        raise ValueError(f"the router's answer can't be understood: {'|'.join(short)}")
    return rows


def _words(text: str) -> frozenset[str]:
    """The pieces of a list: ``:tostr`` of an array has semicolons, a value that is text has commas."""
    return frozenset(word for word in re.split(r"[;,]", text) if word)


def _addresses(text: str) -> frozenset[str]:
    """Networks as we write them: without /32 behind single addresses; 0.0.0.0/0 alone means nothing is narrowed."""
    found = frozenset(word.removesuffix("/32") for word in _words(text))
    return found - {"0.0.0.0/0", "::/0"}


def _service(line: list[str]) -> Service:
    _mark, number, name, port, disabled, certificate, addresses = line
    return Service(
        number,
        name,
        port,
        disabled == "true",
        "" if certificate in _NO_CERTIFICATE else certificate,
        _addresses(addresses),
    )


def _group(line: list[str]) -> Group:
    _mark, number, policies, name = line
    words = _words(policies)
    return Group(
        id=number,
        name=name,
        policies=frozenset(word for word in words if not word.startswith("!")),
        known=frozenset(word.removeprefix("!") for word in words),
    )


def _user(line: list[str]) -> User:
    _mark, number, disabled, addresses, group = line
    return User(number, group, disabled == "true", _addresses(addresses))


def _rule(line: list[str]) -> Rule:
    _mark, number, own, disabled, dynamic, action, matches, chain, target = line
    return Rule(
        id=number,
        chain=chain,
        action=action,
        jump_target=target,
        disabled=disabled == "true",
        dynamic=dynamic == "true",
        own=own == "true",
        matches=matches if own == "true" else "",
    )


def _each(menu: str, which: str, before: str, parts: Iterable[str]) -> str:
    """A script that prints a line for each row ``$i``."""
    line = ' . "|" . '.join(['"mw"', "$i", *parts])
    return f":foreach i in=[{menu} find{which}] do={{{before}:put ({line})}}"


def _own(menu: str, text: str) -> str:
    """Sets ``own``: whether the row's comment holds the tag."""
    return f':local own ([:typeof [:find [{menu} get $i comment] {quote(text)}]] != "nil"); '


def _maybe(menu: str, name: str) -> str:
    """Sets ``name`` to a property that some versions or rows lack."""
    return f":local {name} false; :do {{:set {name} [{menu} get $i {name}]}} on-error={{}}; "


_FILTER = "/ip firewall filter"
_ADDRESSES = "/ip firewall address-list"
_SYSTEM = ':put ("mw|" . [/system resource get version] . "|" . [/system clock get date])'
_SERVICES = (
    _each(
        "/ip service",
        "",
        # From 7.17 open connections are rows, too: dynamic ones.
        _maybe("/ip service", "dynamic") + _maybe("/ip service", "certificate") + ":if ($dynamic != true) do={",
        [
            "[/ip service get $i name]",
            "[/ip service get $i port]",
            "[/ip service get $i disabled]",
            "$certificate",
            "[:tostr [/ip service get $i address]]",
        ],
    )
    + "}"
)
_GROUPS = _each("/user group", "", "", ["[:tostr [/user group get $i policy]]", "[/user group get $i name]"])
_USER = _each(
    "/user", " name=USER", "", ["[/user get $i disabled]", "[:tostr [/user get $i address]]", "[/user get $i group]"]
)
_CERTIFICATES = _each(
    "/certificate",
    "",
    ":local key false; :do {:set key [/certificate get $i private-key]} on-error={}; ",
    ["$key", "[/certificate get $i name]"],
)
_RULES = _each(
    _FILTER,
    "",
    _own(_FILTER, f"[{ACCEPT_TAG}]") + _maybe(_FILTER, "dynamic"),
    [
        "$own",
        f"[{_FILTER} get $i disabled]",
        "$dynamic",
        f"[{_FILTER} get $i action]",
        "("
        + ' . " " . '.join(f"[{_FILTER} get $i {name}]" for name in ("protocol", "dst-port", "src-address-list"))
        + ")",
        f"[{_FILTER} get $i chain]",
        f"[{_FILTER} get $i jump-target]",
    ],
)
_ENTRIES = _each(
    _ADDRESSES,
    f" list={quote(LIST)}",
    _own(_ADDRESSES, f"[{LIST_TAG}:"),
    ["$own", f"[{_ADDRESSES} get $i address]"],
)
#: Its rows have no ids that all versions show.
_ACTIVE = (
    ":foreach i in=[/user active find] do={:local name; :local address; :do {:set name [/user active get $i name];"
    ' :set address [/user active get $i address]} on-error={}; :put ("mw|" . $name . "|" . $address)}'
)
