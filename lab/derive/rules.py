# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The look-up order: routing marks, then the router's own addresses, then ``/routing/rule``, then main (facts 2.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lab.derive.interfaces import Interfaces
from lab.derive.ip import Prefix
from lab.derive.marks import Marks
from lab.derive.plan import LOCAL_TABLE, MAIN_TABLE, ROUTING_MARK_MASK, Note, RulePlan
from lab.derive.routes import is_v6
from lab.schema.snapshot import ConfigRow, Snapshot

MENU = "/routing/rule"
MENU_V6 = "/ip/route/rule"
_DEFAULT_ORDER = ("mangle", "vrf-lookup", "vrf-unreach", "local", "user", "main")
_STEPS = (100, 1000, 2000, 3000)
_KERNEL_MAIN = 32766
_ENACTED = frozenset(
    ("action", "comment", "disabled", "dst-address", "inactive", "interface", "min-prefix", "routing-mark")
) | {"src-address", "table"}


def derive_rules(snapshot: Snapshot, interfaces: Interfaces, marks: Marks) -> tuple[tuple[RulePlan, ...], list[Note]]:
    """Rules in the order in which the kernel looks them up, and what could not be enacted."""
    settings = snapshot.single("/routing/settings").get("policy-rules")
    order = [word for word in (settings.split(",") if settings else _DEFAULT_ORDER) if not word.startswith("vrf")]
    notes: list[Note] = []
    rules: list[RulePlan] = []
    for start, word in zip(_STEPS, order, strict=False):
        if word == "mangle":
            rules += _mark_rules(start, marks)
        elif word == "local":
            rules.append(RulePlan(start, LOCAL_TABLE))
        elif word == "user":
            rules += _user_rules(start, snapshot, interfaces, marks, notes)
        elif word == "main":
            rules.append(RulePlan(_KERNEL_MAIN if word == order[-1] else start, MAIN_TABLE))
    return tuple(rules), notes


def rule_menu(snapshot: Snapshot) -> str:
    return MENU_V6 if is_v6(snapshot) else MENU


def rule_status(snapshot: Snapshot, notes: Sequence[Note]) -> Mapping[tuple[str, int], Mapping[str, str]]:
    """``inactive`` of each rule."""
    menu, broken = rule_menu(snapshot), {note.row_id for note in notes}
    return {(menu, row.id): {"inactive": "true" if row.id in broken else "false"} for row in snapshot.rows(menu)}


def _mark_rules(start: int, marks: Marks) -> list[RulePlan]:
    """One each for tables with a fib. They exclude one another, so they share a priority and need no order."""
    tables = sorted((table for table in marks.tables.values() if table.mark and table.kernel), key=lambda t: t.mark)
    return [RulePlan(start, table.kernel, table.mark, ROUTING_MARK_MASK) for table in tables]


def _user_rules(
    start: int, snapshot: Snapshot, interfaces: Interfaces, marks: Marks, notes: list[Note]
) -> Iterator[RulePlan]:
    menu = rule_menu(snapshot)
    enabled = [row for row in snapshot.rows(menu) if row.enabled]
    for place, row in enumerate(enabled):
        problem = _problem(row, interfaces, marks)
        if problem:
            notes.append(Note(menu, row.id, problem))
        else:
            yield from _user_rule(start + 2 * place, row, interfaces, marks)


def _problem(row: ConfigRow, interfaces: Interfaces, marks: Marks) -> str:
    unknown = sorted(set(row.values) - _ENACTED)
    if unknown:
        return f"{', '.join(unknown)} is not enacted"
    action = row.get("action") or "lookup"
    if action not in ("lookup", "lookup-only-in-table", "drop", "unreachable"):
        return f"action={action} is not enacted"
    if row.get("interface") and interfaces.get(row.get("interface")) is None:
        return "no such interface"
    for name in filter(None, (row.get("routing-mark"), _table(row) if action.startswith("lookup") else "")):
        if name not in marks.tables or not marks.tables[name].kernel:
            return f"no table {name} with fib"
    return ""


def _table(row: ConfigRow) -> str:
    return row.get("table") or "main"


def _user_rule(priority: int, row: ConfigRow, interfaces: Interfaces, marks: Marks) -> Iterator[RulePlan]:
    action = row.get("action") or "lookup"
    interface = interfaces.get(row.get("interface"))
    mark = marks.tables[row.get("routing-mark")].mark if row.get("routing-mark") else None

    def rule(at: int, table: int, act: str, suppress: int = -1) -> RulePlan:
        return RulePlan(
            priority=at,
            table=table,
            mark=mark,
            mask=ROUTING_MARK_MASK if mark is not None else 0xFFFFFFFF,
            source=str(Prefix.parse(row.get("src-address"))) if row.get("src-address") else "",
            destination=str(Prefix.parse(row.get("dst-address"))) if row.get("dst-address") else "",
            interface=interface.kernel if interface else "",
            action=act,
            suppress_prefix=suppress,
        )

    if action in ("drop", "unreachable"):
        yield rule(priority, 0, "blackhole" if action == "drop" else "unreachable")
        return
    suppress = row.num("min-prefix", -1)
    yield rule(priority, marks.tables[_table(row)].kernel, "lookup", suppress)
    if action == "lookup-only-in-table":
        yield rule(priority + 1, 0, "unreachable")
