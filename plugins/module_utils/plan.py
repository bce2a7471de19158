# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The plan: what one router should hold. Plain, ordered, JSON-able data.

A plan is what every ``*_rules`` module adds to and what the ``commit`` role makes true. It knows nothing of Ansible,
sockets or the router that will receive it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Absent = Literal["add", "refuse", "nothing"]

#: Version of the JSON form, so that a stored plan of an older release is refused instead of misread.
FORMAT = 1


@dataclass(frozen=True)
class Row:
    """One row that the branch should hold.

    ``menu``: path with slashes, for example ``/ip/firewall/mangle``.
    ``tag``: owner tag without brackets, for example ``multiwan:pcc:isp1:0``; unique within the menu of a plan.
    ``values``: property to text, as the API takes it, with ``comment`` ending in ``[<tag>]``. A switch such as ``fib``
    is the empty text. A value that only the router knows is a mapping ``{"$router": "<menu>/<row name>/<property>"}``,
    which the commit resolves by reading; a list of texts and such mappings becomes a comma list. A text with a secret
    is a mapping with a gap in its place (``secret_values.py``), which the commit fills.
    ``runtime``: properties that scripts on the router change by themselves; on a row that exists they are left alone.

    What may exist already (``claims.py``). ``claims``: the properties by which somebody else's row is known whose other
    properties are given what ``values`` says; ``absent``: what happens when there is none (``add`` makes it ours).
    ``yields``: a foreign row with the same unique key is left in its place, whatever it says. ``follows``: tag of such
    a row, without which this one has no use.
    """

    menu: str
    tag: str
    values: Mapping[str, Any] = field(default_factory=dict)
    runtime: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    absent: Absent = "add"
    yields: bool = False
    follows: str = ""

    def to_json(self) -> dict[str, Any]:
        said: dict[str, Any] = {"menu": self.menu, "tag": self.tag, "values": dict(sorted(self.values.items()))}
        rest = {
            "runtime": list(self.runtime),
            "claims": list(self.claims),
            "absent": self.absent if self.claims else "",
            "yields": self.yields,
            "follows": self.follows,
        }
        return {**said, **{name: value for name, value in rest.items() if value}}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Row:
        return cls(
            data["menu"],
            data["tag"],
            dict(data["values"]),
            tuple(data.get("runtime", ())),
            tuple(data.get("claims", ())),
            data.get("absent") or "add",
            bool(data.get("yields", False)),
            str(data.get("follows", "")),
        )


@dataclass(frozen=True)
class Plan:
    """All rows of one branch, in menu order: within one menu, the order of ``rows`` is the order on the router.

    ``version``: the RouterOS version that the rows were made for, such as ``7.22``; empty when there are none.
    """

    branch: str
    rows: tuple[Row, ...] = ()
    version: str = ""

    def with_rows(self, rows: Iterable[Row]) -> Plan:
        return Plan(self.branch, (*self.rows, *rows), self.version)

    def of(self, menu: str) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.menu == menu)

    def to_json(self) -> dict[str, Any]:
        rows = [row.to_json() for row in self.rows]
        return {"format": FORMAT, "branch": self.branch, "version": self.version, "rows": rows}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Plan:
        """Raises ``ValueError`` on a plan of another format version."""
        if data.get("format") != FORMAT:
            raise ValueError(f"plan format {data.get('format')!r} is not supported, this release reads {FORMAT}")
        rows = tuple(Row.from_json(row) for row in data["rows"])
        return cls(data["branch"], rows, str(data.get("version", "")))
