# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The nft table that gives each packet its queue by ``meta priority``.

A packet that a leaf's single queue takes gets ``1:leaf``. One of a leaf with many queues gets ``leaf:slot``: the leaf
is then found by its mark, which is written last of all, because rules for NAT may still look at it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lab.derive.firewall.fasttrack import PASS
from lab.derive.plan import QUEUE_TABLE
from lab.derive.queues.types import Discipline

#: Before source NAT (100), after mangle (-150).
_CHOOSE, _NOTE_LEAF = 90, 300
_EXPRESSIONS = {
    "src-address": "ip saddr",
    "dst-address": "ip daddr",
    "src-port": "th sport",
    "dst-port": "th dport",
}
_WITH_PORTS = "{ tcp, udp, sctp, dccp, udplite }"
_SEED = 0x6D77616E
_LARGEST_MAP = 65535
_FLOW_S = 60


@dataclass(frozen=True)
class Leaf:
    """``minor`` of the class, ``slots`` of the queues inside (0: one queue), ``rate`` of all together at most."""

    minor: int
    slots: int
    discipline: Discipline
    rate: int


def table(chains: Iterable[str], leaves: Iterable[Leaf]) -> str:
    """The whole text. ``chains``: lines of chains that ``entry`` names first."""
    many = [leaf for leaf in leaves if leaf.slots]
    lines = [f"table ip {QUEUE_TABLE} {{"]
    lines += [f"  map {slots_name(leaf)} {{ {_map(leaf)} size {_LARGEST_MAP};\n  }}" for leaf in many]
    marks = _leaf_marks(many)
    lines += [f"  map {name} {{ type classid : mark; elements = {{ {', '.join(marks[name])} }}\n  }}" for name in marks]
    lines += chains
    if many:
        rules = [f"meta mark set meta priority & ffff:0 map @{name}" for name in marks]
        lines.append(_chain("note-leaf", rules, _NOTE_LEAF))
    return "\n".join([*lines, "}"]) + "\n"


def _leaf_marks(leaves: Iterable[Leaf]) -> dict[str, list[str]]:
    """Map -> elements, some hundred in each. An element is the same whenever there is one."""
    found: dict[str, list[str]] = {}
    for leaf in leaves:
        found.setdefault(f"leaf-{leaf.minor >> 12}", []).append(f"{leaf.minor:x}:0 : 0x1{leaf.minor:04x}")
    return found


def entry(rules: Iterable[str], *, fasttrack: bool = False) -> str:
    """``fasttrack``: some connections pass by all queues (facts 9.3)."""
    return _chain("choose", [*([PASS] if fasttrack else []), *rules], _CHOOSE)


def chain(name: str, rules: Iterable[str]) -> str:
    return _chain(name, rules, None)


def _chain(name: str, rules: Iterable[str], priority: int | None) -> str:
    head = [] if priority is None else [f"type filter hook postrouting priority {priority}; policy accept;"]
    lines = "".join(f"    {line}\n" for line in (*head, *rules))
    return f"  chain {name} {{\n{lines}  }}"


def into(leaf: Leaf) -> Iterator[str]:
    """Rules that end a packet's way with its place in the leaf."""
    if not leaf.slots:
        yield f"meta priority set 1:{leaf.minor:x} accept"
        return
    first, fields = (leaf.minor << 16) + 1, leaf.discipline.fields
    if leaf.slots == 1:
        yield f"meta priority set {leaf.minor:x}:1 accept"
    elif _has_ports(leaf.discipline):
        addresses = [_EXPRESSIONS[field] for field in fields if field.endswith("address")]
        every = [_EXPRESSIONS[field] for field in fields]
        yield from _by_map(leaf, f"meta l4proto {_WITH_PORTS} ")
        yield f"meta l4proto {_WITH_PORTS} meta priority set {_hash(every, leaf.slots, first)} accept"
        if addresses:
            yield f"meta priority set {_hash(addresses, leaf.slots, first)} accept"
        else:
            yield f"meta priority set {leaf.minor:x}:1 accept"
    else:
        yield from _by_map(leaf, "")
        yield f"meta priority set {leaf.minor:x}:1 accept"


def _by_map(leaf: Leaf, which: str) -> Iterator[str]:
    """Who is new takes the next slot; only with more of them than slots do two share one."""
    key, name = _key(leaf.discipline), slots_name(leaf)
    yield f"{which}meta priority set {key} map @{name} accept"
    yield f"{which}add @{name} {{ {key} : numgen inc mod {leaf.slots} offset {(leaf.minor << 16) + 1} }}"
    yield f"{which}meta priority set {key} map @{name} accept"


def slots_name(leaf: Leaf) -> str:
    """The number of slots is part of the name: another number starts with an empty map."""
    kind = "".join(f"{field[0]}{field[4]}" for field in leaf.discipline.fields)
    return f"slots-{leaf.minor:x}-{leaf.slots}-{kind}-{leaf.discipline.src_bits}-{leaf.discipline.dst_bits}"


def _has_ports(discipline: Discipline) -> bool:
    return any(field.endswith("port") for field in discipline.fields)


def _hash(fields: list[str], slots: int, first: int) -> str:
    return f"jhash {' . '.join(fields)} mod {slots} seed 0x{_SEED:x} offset {first}"


def _key(discipline: Discipline) -> str:
    return " . ".join(
        _masked(_EXPRESSIONS[field], discipline.src_bits if field.startswith("src") else discipline.dst_bits)
        for field in discipline.fields
    )


def _masked(expression: str, bits: int) -> str:
    return expression if bits >= 32 else f"{expression} & 0x{(0xFFFFFFFF << (32 - bits)) & 0xFFFFFFFF:08x}"


def _map(leaf: Leaf) -> str:
    """Flows are forgotten after a while, as there are many; addresses never."""
    kinds = ("ipv4_addr" if field.endswith("address") else "inet_service" for field in leaf.discipline.fields)
    forgets = f"dynamic,timeout; timeout {_FLOW_S}s;" if _has_ports(leaf.discipline) else "dynamic;"
    return f"type {' . '.join(kinds)} : classid; flags {forgets}"
