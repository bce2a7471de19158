# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``per-connection-classifier=[!]fields:denominator/remainder`` (facts 1.1).

RouterOS' hash is not published; any well mixed one is as good. The seed is fixed, so that runs repeat.
"""

from __future__ import annotations

import re

from lab.derive.firewall.context import Unsupported
from lab.derive.firewall.protocols import WITH_PORTS, protocol_set

SEED = 0x6D77616E
_GRAMMAR = re.compile(r"(!?)([a-z-]+):(\d+)/(\d+)")
_FIELDS: dict[str, tuple[str, ...]] = {
    "both-addresses": ("ip saddr", "ip daddr"),
    "both-ports": ("th sport", "th dport"),
    "both-addresses-and-ports": ("ip saddr", "ip daddr", "th sport", "th dport"),
    "src-address": ("ip saddr",),
    "src-port": ("th sport",),
    "src-address-and-port": ("ip saddr", "th sport"),
    "dst-address": ("ip daddr",),
    "dst-port": ("th dport",),
    "dst-address-and-port": ("ip daddr", "th dport"),
}
CLASSIFIERS = tuple(_FIELDS)


def per_connection_classifier(value: str, protocol: str) -> tuple[str, ...]:
    """Alternatives for packets with ports and for those without, whose ports count as absent."""
    match = _GRAMMAR.fullmatch(value)
    if match is None or match[2] not in _FIELDS or int(match[3]) < 1:
        raise Unsupported(f"per-connection-classifier={value}")
    negated, fields = bool(match[1]), _FIELDS[match[2]]
    denominator, remainder = int(match[3]), int(match[4])
    if remainder >= denominator or denominator == 1:
        return ("",) if negated != (denominator == 1 and remainder == 0) else ()
    addresses = tuple(field for field in fields if field.startswith("ip "))
    if addresses == fields:
        return (_hash(fields, denominator, remainder, negated),)
    with_ports = _hash(fields, denominator, remainder, negated)
    if protocol_set(protocol):
        return (with_ports,)
    numbers = "{ " + ", ".join(str(number) for number in WITH_PORTS) + " }"
    found = [f"meta l4proto {numbers} {with_ports}"]
    if addresses:
        found.append(f"meta l4proto != {numbers} {_hash(addresses, denominator, remainder, negated)}")
    elif (remainder == 0) != negated:  # nothing to hash: remainder 0
        found.append(f"meta l4proto != {numbers}")
    return tuple(found)


def _hash(fields: tuple[str, ...], denominator: int, remainder: int, negated: bool) -> str:
    operator = "!=" if negated else "=="
    return f"jhash {' . '.join(fields)} mod {denominator} seed 0x{SEED:x} {operator} {remainder}"
