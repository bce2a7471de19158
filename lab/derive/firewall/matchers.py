# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One function for each matcher: RouterOS value in, nft conditions out.

A matcher returns alternatives that exclude one another: ``("",)`` always matches, ``()`` never does, two entries are
two rules of which at most one fires, so that a packet is counted once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from lab.derive.firewall.context import Context, Unsupported, identifier
from lab.derive.firewall.pcc import per_connection_classifier
from lab.derive.firewall.protocols import protocol_number, protocol_set
from lab.derive.ip import collapse
from lab.derive.plan import ROUTING_MARK_MASK
from lab.schema.snapshot import ConfigRow

Alternatives = tuple[str, ...]
Matcher = Callable[[str, ConfigRow, Context], Alternatives]

_STATES = ("new", "established", "related", "untracked", "invalid")
_TYPES = ("unicast", "local", "broadcast", "multicast")
_TCP_FLAGS = ("fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr")
_LIMIT = re.compile(r"(\d+)(k|M)?(?:/(\d*)(s|m|h|d)?)?(?:,(\d+))?(?::(packet|bit))?")
_PERIODS = {"": "second", "s": "second", "m": "minute", "h": "hour", "d": "day"}


def negation(value: str) -> tuple[bool, str]:
    """``!x`` -> (True, ``x``)."""
    return value.startswith("!"), value.removeprefix("!")


def _operator(negated: bool) -> str:
    return "!= " if negated else ""


def _interface(key: str) -> Matcher:
    def match(value: str, row: ConfigRow, context: Context) -> Alternatives:
        negated, name = negation(value)
        return (f'{key} {_operator(negated)}"{context.interface(name).kernel}"',)

    return match


def _interface_list(key: str) -> Matcher:
    def match(value: str, row: ConfigRow, context: Context) -> Alternatives:
        negated, name = negation(value)
        if name not in context.interfaces.lists:
            raise Unsupported(f"no interface list {name}")
        members = context.interfaces.lists[name]
        if members is None:  # the list "all"
            return () if negated else ("",)
        context.used.interface_lists.add(name)
        return (f"{key} {_operator(negated)}@iflist-{identifier(name)}",)

    return match


def _address(key: str) -> Matcher:
    def match(value: str, row: ConfigRow, context: Context) -> Alternatives:
        negated, text = negation(value)
        try:
            spans = collapse([text])
        except ValueError as error:
            raise Unsupported(f"address {text}") from error
        if spans == ["0.0.0.0/0"]:
            return () if negated else ("",)
        return (f"{key} {_operator(negated)}{spans[0]}",)

    return match


def _address_list(key: str) -> Matcher:
    def match(value: str, row: ConfigRow, context: Context) -> Alternatives:
        negated, name = negation(value)
        context.used.address_lists.add(name)
        static = f"@list-{identifier(name)}"
        if name not in context.filled:
            return (f"{key} {_operator(negated)}{static}",)
        context.used.dynamic_lists.add(name)
        dynamic = f"@dynlist-{identifier(name)}"
        if negated:
            return (f"{key} != {static} {key} != {dynamic}",)
        return (f"{key} {static}", f"{key} != {static} {key} {dynamic}")

    return match


def _choice(text: str, allowed: tuple[str, ...], negated: bool) -> str:
    words = text.split(",")
    for word in words:
        if word not in allowed:
            raise Unsupported(f"value {word}")
    return _operator(negated) + (words[0] if len(words) == 1 else "{ " + ", ".join(words) + " }")


def _address_type(key: str) -> Matcher:
    def match(value: str, row: ConfigRow, context: Context) -> Alternatives:
        negated, text = negation(value)
        return (f"fib {key} type {_choice(text, _TYPES, negated)}",)

    return match


def _connection_state(value: str, row: ConfigRow, context: Context) -> Alternatives:
    negated, text = negation(value)
    return (f"ct state {_choice(text, _STATES, negated)}",)


def _connection_mark(value: str, row: ConfigRow, context: Context) -> Alternatives:
    negated, name = negation(value)
    number = 0 if name == "no-mark" else context.marks.connections[name]
    return (f"ct mark {_operator(negated)}0x{number:x}",)


def _routing_mark(value: str, row: ConfigRow, context: Context) -> Alternatives:
    negated, name = negation(value)
    if name not in context.marks.tables and name != "no-mark":
        raise Unsupported(f"no routing table {name}")
    number = 0 if name == "no-mark" else context.marks.tables[name].mark
    return (f"meta mark & 0x{ROUTING_MARK_MASK:x} {'!=' if negated else '=='} 0x{number:x}",)


def _packet_mark(value: str, row: ConfigRow, context: Context) -> Alternatives:
    negated, name = negation(value)
    number = 0 if name == "no-mark" else context.marks.packets[name]
    return (f"meta mark & 0x{~ROUTING_MARK_MASK & 0xFFFFFFFF:x} {'!=' if negated else '=='} 0x{number:x}",)


def _protocol(value: str, row: ConfigRow, context: Context) -> Alternatives:
    negated, name = negation(value)
    return (f"meta l4proto {_operator(negated)}{protocol_number(name)}",)


def _port_value(value: str, row: ConfigRow) -> tuple[str, str]:
    negated, text = negation(value)
    if not protocol_set(row.get("protocol")):
        raise Unsupported("ports without a protocol that has them")
    items = text.split(",")
    return _operator(negated), items[0] if len(items) == 1 else "{ " + ", ".join(items) + " }"


def _port(key: str) -> Matcher:
    def match(value: str, row: ConfigRow, context: Context) -> Alternatives:
        operator, ports = _port_value(value, row)
        return (f"th {key} {operator}{ports}",)

    return match


def _either_port(value: str, row: ConfigRow, context: Context) -> Alternatives:
    operator, ports = _port_value(value, row)
    if operator:
        return (f"th sport != {ports} th dport != {ports}",)
    return (f"th sport {ports}", f"th sport != {ports} th dport {ports}")


def _nth(value: str, row: ConfigRow, context: Context) -> Alternatives:
    every, _, packet = value.partition(",")
    return (f"numgen inc mod {int(every)} == {int(packet or '1') - 1}",)


def _random(value: str, row: ConfigRow, context: Context) -> Alternatives:
    return (f"numgen random mod 100 < {int(value)}",)


def _limit(value: str, row: ConfigRow, context: Context) -> Alternatives:
    """``rate[/time][,burst][:packet|bit]``; nft counts whole units of time only."""
    match = _LIMIT.fullmatch(value)
    if match is None or match[3] not in (None, "", "1"):
        raise Unsupported(f"limit={value}")
    rate = int(match[1]) * {None: 1, "k": 1000, "M": 1000000}[match[2]]
    period = _PERIODS[match[4] or ""]
    burst = int(match[5] or 5)
    if match[6] == "bit":
        return (f"limit rate {max(rate // 8, 1)} bytes/{period} burst {max(burst // 8, 1)} bytes",)
    return (f"limit rate {rate}/{period} burst {burst} packets",)


def _ipsec_policy(value: str, row: ConfigRow, context: Context) -> Alternatives:
    """The lab has no IPsec: every packet has the policy ``none``."""
    return ("",) if value.endswith(",none") else ()


def _nat_state(value: str, row: ConfigRow, context: Context) -> Alternatives:
    negated, text = negation(value)
    words = [word.removesuffix("nat") for word in text.split(",")]
    if any(word not in ("src", "dst") for word in words):
        raise Unsupported(f"connection-nat-state={value}")
    bits = "|".join(f"{word[0]}nat" for word in words)
    return (f"ct status & ({bits}) {'==' if negated else '!='} 0",)


def _packet_size(value: str, row: ConfigRow, context: Context) -> Alternatives:
    negated, text = negation(value)
    return (f"meta length {_operator(negated)}{text}",)


def _source_mac(value: str, row: ConfigRow, context: Context) -> Alternatives:
    negated, text = negation(value)
    return (f"ether saddr {_operator(negated)}{text.lower()}",)


def _icmp_options(value: str, row: ConfigRow, context: Context) -> Alternatives:
    negated, text = negation(value)
    kind, _, codes = text.partition(":")
    if negated or protocol_number(row.get("protocol") or "0") != 1:
        raise Unsupported(f"icmp-options={value}")
    code = "" if codes in ("", "0-255") else f" icmp code {codes}"
    return (f"icmp type {int(kind)}{code}",)


def _tcp_flags(value: str, row: ConfigRow, context: Context) -> Alternatives:
    wanted = value.split(",")
    names = [word.removeprefix("!") for word in wanted]
    if any(name not in _TCP_FLAGS for name in names) or protocol_number(row.get("protocol") or "0") != 6:
        raise Unsupported(f"tcp-flags={value}")
    on = [word for word in wanted if not word.startswith("!")]
    return (f"tcp flags & ({'|'.join(names)}) == {'(' + '|'.join(on) + ')' if on else '0'}",)


def _tcp_mss(value: str, row: ConfigRow, context: Context) -> Alternatives:
    negated, text = negation(value)
    if protocol_number(row.get("protocol") or "0") != 6:
        raise Unsupported("tcp-mss without protocol=tcp")
    return (f"tcp option maxseg size {_operator(negated)}{text}",)


def _dscp(value: str, row: ConfigRow, context: Context) -> Alternatives:
    negated, text = negation(value)
    return (f"ip dscp {_operator(negated)}{int(text)}",)


#: Order in which the conditions of one row are written: cheap ones first, state-keeping ones (limit, nth) last.
MATCHERS: Mapping[str, Matcher] = {
    "in-interface": _interface("iifname"),
    "in-interface-list": _interface_list("iifname"),
    "out-interface": _interface("oifname"),
    "out-interface-list": _interface_list("oifname"),
    "connection-state": _connection_state,
    "connection-mark": _connection_mark,
    "connection-nat-state": _nat_state,
    "routing-mark": _routing_mark,
    "packet-mark": _packet_mark,
    "src-mac-address": _source_mac,
    "src-address": _address("ip saddr"),
    "dst-address": _address("ip daddr"),
    "src-address-list": _address_list("ip saddr"),
    "dst-address-list": _address_list("ip daddr"),
    "src-address-type": _address_type("saddr"),
    "dst-address-type": _address_type("daddr"),
    "protocol": _protocol,
    "src-port": _port("sport"),
    "dst-port": _port("dport"),
    "port": _either_port,
    "icmp-options": _icmp_options,
    "tcp-flags": _tcp_flags,
    "tcp-mss": _tcp_mss,
    "dscp": _dscp,
    "packet-size": _packet_size,
    "ipsec-policy": _ipsec_policy,
    "per-connection-classifier": lambda value, row, context: per_connection_classifier(value, row.get("protocol")),
    "nth": _nth,
    "random": _random,
    "limit": _limit,
}


def conditions(row: ConfigRow, context: Context, *, known: frozenset[str]) -> Alternatives:
    """All conditions of a row as alternatives. ``known``: properties that are no matchers.

    Raises ``Unsupported`` for a property that is neither.
    """
    for name, value in row.values.items():
        if value != "" and name not in MATCHERS and name not in known:
            raise Unsupported(f"{name} is not enacted")
    found: Alternatives = ("",)
    for name, matcher in MATCHERS.items():
        value = row.get(name)
        if value != "":
            try:
                matched = matcher(value, row, context)
            except ValueError as error:  # a spelling that RouterOS takes and the matcher does not know, such as nth=!2
                raise Unsupported(f"{name}={value}") from error
            found = tuple(f"{left} {right}".strip() for left in found for right in matched)
    return found
