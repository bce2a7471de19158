# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One firewall menu as nft chains.

A custom chain is written once for each hook that can reach it, because what a row may do depends on the hook. All
copies of a row share one counter. A custom chain that nothing jumps to is not written: its rows never match.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lab.derive.firewall import fasttrack
from lab.derive.firewall.actions import FILTER, MANGLE, RAW, Action
from lab.derive.firewall.context import Context, Unsupported, identifier, quoted
from lab.derive.firewall.matchers import conditions
from lab.derive.firewall.nat import NAT
from lab.derive.plan import COUNTER_MENUS, Note
from lab.schema.snapshot import ConfigRow

#: NFLOG group that rows with ``log=yes`` or ``action=log`` write to.
LOG_GROUP = 5
_IGNORED = frozenset(
    (
        *("chain", "action", "comment", "disabled", "dynamic", "invalid", "bytes", "packets", "log", "log-prefix"),
        *("jump-target", "passthrough", "address-list", "address-list-timeout", "reject-with", "hw-offload"),
        *("new-connection-mark", "new-routing-mark", "new-packet-mark", "new-mss", "new-dscp", "new-ttl"),
        *("to-addresses", "to-ports", "creation-time"),
    )
)


@dataclass(frozen=True)
class Family:
    """``hooks``: built-in chain -> nft base chain. ``always``: written even when empty."""

    key: str
    actions: Mapping[str, Action]
    hooks: Mapping[str, str]
    always: bool = False

    @property
    def menu(self) -> str:
        return COUNTER_MENUS[self.key]


FAMILIES: tuple[Family, ...] = (
    Family(
        "raw",
        RAW,
        {"prerouting": "filter hook prerouting priority -300", "output": "filter hook output priority -300"},
    ),
    Family(
        "mangle",
        MANGLE,
        {
            "prerouting": "filter hook prerouting priority -150",
            "input": "filter hook input priority -150",
            "forward": "filter hook forward priority -150",
            "output": "route hook output priority -150",  # looks the route up again when the mark has changed
            "postrouting": "filter hook postrouting priority -150",
        },
    ),
    Family(
        "nat",
        NAT,
        {"dstnat": "nat hook prerouting priority -100", "srcnat": "nat hook postrouting priority 100"},
        always=True,  # keeps connection tracking on without any other row
    ),
    Family(
        "filter",
        FILTER,
        {
            "input": "filter hook input priority 0",
            "forward": "filter hook forward priority 0",
            "output": "filter hook output priority 0",
        },
    ),
)


@dataclass
class Compiled:
    """``lines`` of the table; ``counted``: ids of the rows in them; ``problems``: row id -> why the row is invalid."""

    lines: list[str] = field(default_factory=list)
    counted: set[int] = field(default_factory=set)
    problems: dict[int, str] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)


class _Menu:
    """Compiles the rows of one menu, chain by chain."""

    def __init__(self, family: Family, rows: Sequence[ConfigRow], context: Context, *, trace: str | None) -> None:
        self._family, self._context, self._trace = family, context, trace
        self.result = Compiled()
        self._chains: dict[str, list[ConfigRow]] = {}
        for row in rows:
            if row.enabled:
                self._chains.setdefault(row.get("chain"), []).append(row)
        self._written: set[str] = set()

    def compile(self) -> Compiled:
        for hook, base in self._family.hooks.items():
            if self._family.always or hook in self._chains:
                self._write(hook, hook, (hook,), f"type {base}; policy accept;")
        for chain, rows in self._chains.items():
            if chain not in self._written:
                text = f"chain {chain} is never reached"
                self.result.notes += [Note(self._family.menu, row.id, text) for row in rows]
        return self.result

    def _name(self, hook: str, chain: str) -> str:
        name = f"{self._family.key}-{hook}"
        return name if chain == hook else f"{name}.{identifier(chain)}"

    def _write(self, hook: str, chain: str, above: tuple[str, ...], head: str) -> None:
        """Write a chain and, before it, those it jumps to. ``above``: the chains on the way here."""
        self._written.add(chain)
        body = [head] if head else []
        if head and self._context.fasttrack and fasttrack.skips(self._family.key, hook):
            body.append(fasttrack.PASS)
        for row in self._chains.get(chain, ()):
            try:
                body += self._rules(row, hook, above)
            except Unsupported as problem:
                self._refuse(row, hook, chain, str(problem))
        lines = "".join(f"    {line}\n" for line in body)
        self.result.lines.append(f"  chain {self._name(hook, chain)} {{\n{lines}  }}")

    def _refuse(self, row: ConfigRow, hook: str, chain: str, problem: str) -> None:
        """Left out of this hook; invalid as a whole when the row stands in the hook's own chain."""
        if chain == hook or not problem.endswith(f" in {hook}"):
            self.result.problems[row.id] = problem
        self.result.notes.append(Note(self._family.menu, row.id, problem))

    def _rules(self, row: ConfigRow, hook: str, above: tuple[str, ...]) -> list[str]:
        alternatives = conditions(row, self._context, known=_IGNORED)
        statements = self._statements(row, hook, above)
        self.result.counted.add(row.id)
        counter = f'counter name "{self._family.key}-{row.id}"'
        log = _log(row)
        rules = [
            " ".join(part for part in (condition, extra, log, counter, statement) if part)
            for condition in alternatives
            for extra, statement in statements
        ]
        if self._trace is None:
            return rules
        return [f'{self._trace} counter name "seen-{self._family.key}-{row.id}"'.lstrip(), *rules]

    def _statements(self, row: ConfigRow, hook: str, above: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
        action = row.get("action") or "accept"
        if action == "jump":
            return (("", f"jump {self._target(row.get('jump-target'), hook, above)}"),)
        if action not in self._family.actions:
            raise Unsupported(f"action={action} is not enacted")
        return self._family.actions[action](row, hook, self._context)

    def _target(self, chain: str, hook: str, above: tuple[str, ...]) -> str:
        if not chain:
            raise Unsupported("jump without jump-target")
        if chain in above:
            raise Unsupported(f"jump-target={chain} is a loop")
        name = self._name(hook, chain) if chain != hook else f"{self._name(hook, hook)}.{identifier(chain)}"
        if not any(line.startswith(f"  chain {name} {{") for line in self.result.lines):
            self._write(hook, chain, (*above, chain), "")
        return name


def _log(row: ConfigRow) -> str:
    if not row.flag("log") and row.get("action") != "log":
        return ""
    prefix = row.get("log-prefix")
    return f"log prefix {quoted(prefix)} group {LOG_GROUP}" if prefix else f"log group {LOG_GROUP}"


def compile_menu(family: Family, rows: Sequence[ConfigRow], context: Context, *, trace: str | None = None) -> Compiled:
    """``trace`` adds a counter ``seen-…`` before every row: how often packets of that condition looked at it."""
    return _Menu(family, rows, context, trace=trace).compile()
