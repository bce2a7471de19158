# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the words of a command to checked arguments and row ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from lab.schema.model import AnyOf, MenuAt
from lab.store import Store, Trap, no_such_item, parse_id
from lab.values import BadValue

#: (id, values) of every row that a command may mean
Candidates = Sequence[tuple[int, Mapping[str, str]]]

#: Switches of print that only change how a console draws [insp 7.22.3 /ip/address/print].
PRINT_ARGS = frozenset(
    [
        "append",
        "as-value",
        "brief",
        "comments",
        "count-only",
        "detail",
        "file",
        "follow",
        "follow-only",
        "from",
        "group-by",
        "interval",
        "proplist",
        ".proplist",
        "show-ids",
        "stats",
        "terse",
        "timestamp",
        "value-list",
        "without-paging",
        "bytes",
        "packets",
        "rate",
    ]
)

_RULE_SWITCHES = frozenset({"all", "chain", "dynamic", "static"})
#: what print takes in one menu only [insp 7.22.3]
PRINT_ARGS_OF: Mapping[str, frozenset[str]] = {
    "/interface": frozenset({"oid", "stats-detail"}),
    "/interface/ethernet": frozenset({"stats-detail"}),
    "/ip/dhcp-server/lease": frozenset({"active"}),
    "/log": frozenset({"with-extra-info"}),
    "/system/identity": frozenset({"oid"}),
    "/system/resource": frozenset({"oid"}),
    **{f"/ip/firewall/{name}": _RULE_SWITCHES for name in ("filter", "mangle", "nat", "raw")},
}


def chosen(args: Mapping[str, str], rows: Sequence[tuple[int, dict[str, str]]]) -> list[tuple[int, dict[str, str]]]:
    """The rows that switches of ``PRINT_ARGS_OF`` leave over."""
    left = list(rows)
    if "active" in args:
        left = [row for row in left if row[1].get("status") == "bound"]
    if "chain" in args:
        left = [row for row in left if row[1].get("chain") == args["chain"]]
    for switch, value in (("dynamic", "true"), ("static", "false")):
        if switch in args:
            left = [row for row in left if row[1].get("dynamic", "false") == value]
    return left


def unknown_parameter() -> Trap:
    return Trap("unknown parameter")


def check_values(menu: MenuAt, args: Mapping[str, str], store: Store, *, verb: str) -> dict[str, str | None]:
    """Canonical values of ``args``; None for ``!name``. Raises Trap in the router's words."""
    out: dict[str, str | None] = {}
    for name, text in args.items():
        bare = name.removeprefix("!")
        argument = menu.arguments.get(bare)
        if argument is None or not (argument.add if verb == "add" else argument.set):
            raise unknown_parameter()
        if name.startswith("!"):
            out[bare] = None
            continue
        if text == argument.default:  # what is shown may be written back, also where the type has no such word
            out[bare] = text
            continue
        if text == "" and argument.default is None and argument.type.empty_is_absent and not argument.required:
            out[bare] = None
            continue
        try:
            out[bare] = argument.type.parse(text, store)
        except BadValue as bad:
            raise Trap(bad.text(bare), 1) from bad
        if argument.required and out[bare] == "":
            raise Trap(f"invalid value for argument {bare}", 1)
    return out


def check_required(menu: MenuAt, values: Mapping[str, str | None]) -> None:
    missing = [name for name in menu.asks if values.get(name) is None]
    if missing:
        raise Trap(f"missing ={missing[0]}=", 0, console=f"missing value(s) of argument(s) {' '.join(missing)}")
    for rule in menu.menu.any_of:
        check_any_of(rule, values)


def check_any_of(rule: AnyOf, values: Mapping[str, str | None]) -> None:
    if not any(values.get(name) is not None for name in rule.names):
        raise Trap(rule.message)


def row_ids(text: str, rows: Candidates) -> list[int]:
    """Ids that ``*1,*2`` or names mean, in the order given. Raises Trap("no such item")."""
    known = {row_id for row_id, _ in rows}
    found: list[int] = []
    for part in text.split(","):
        number = parse_id(part)
        if number is None:
            number = _by_name(part, rows)
        if number is None or number not in known:
            raise no_such_item()
        if number not in found:
            found.append(number)
    return found


def _by_name(text: str, rows: Iterable[tuple[int, Mapping[str, str]]]) -> int | None:
    for row_id, values in rows:
        if text and values.get("name") == text:
            return row_id
    return None


def take_ids(args: dict[str, str]) -> str | None:
    """Remove and return the word that names rows: ``.id``, ``numbers`` or ``number``."""
    for key in (".id", "numbers", "number"):
        if key in args:
            return args.pop(key)
    return None
