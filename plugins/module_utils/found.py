# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a comparison is made of: rows as found, writes, and foreign rows in the way."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Verb = Literal["add", "set", "unset", "move", "remove"]

_TAG = re.compile(r"\[(multiwan:([^:\]\s]+)(?::[^\]\s]+)?)\]\s*$")
#: The name of a row in a menu without comments (``Menu.mark``).
_NAME_TAG = re.compile(r"multiwan:[a-z_]+(?::[a-z0-9._-]+)+")
_CLAIM = re.compile(r"(?P<tag>.+):claimed:(?P<names>[a-z0-9,-]+)")


@dataclass(frozen=True)
class Found:
    """One row as the router reports it: its id and its properties as text."""

    id: str
    values: Mapping[str, str]

    @functools.cached_property
    def tag(self) -> str | None:
        """The owner tag; ``None`` for a foreign row. A dynamic row can carry our comment (RouterOS copies it) and is
        still the router's own."""
        if self.dynamic:
            return None
        match = _TAG.search(self.values.get("comment", ""))
        name = self.values.get("name", "")
        return match[1] if match else name if _NAME_TAG.fullmatch(name) else None

    @property
    def claim(self) -> Claim | None:
        """What of this row is ours, when the row itself is not."""
        return claim_of(self.tag or "")

    @property
    def dynamic(self) -> bool:
        """Whether the router made it by itself."""
        return self.values.get("dynamic") in ("true", "yes")


@dataclass(frozen=True)
class Claim:
    """Properties that we gave to somebody else's row. ``tag``: of the plan's row that asked for them."""

    tag: str
    names: frozenset[str]

    @property
    def mark(self) -> str:
        """The tag that stands in the comment."""
        return f"{self.tag}:claimed:{','.join(sorted(self.names))}"


def claim_of(tag: str) -> Claim | None:
    match = _CLAIM.fullmatch(tag)
    return Claim(match["tag"], frozenset(match["names"].split(","))) if match else None


def without_tag(comment: str) -> str:
    """What people wrote before our tag."""
    return _TAG.sub("", comment).rstrip()


def value_words(name: str, want: Mapping[str, str], have: Mapping[str, str]) -> str:
    """One difference of a property, for people."""
    held, wanted = (repr(values[name]) if name in values else "not set" for values in (have, want))
    return f"{name} is {held}, should be {wanted}"


@dataclass(frozen=True)
class Operation:
    """One write. ``id`` is the router's id of the row (``None``: this operation makes it).

    ``values``: properties to give (add, set). ``name``: the property to take away (unset).
    ``before``: tag of the own row that must follow (add, move); ``None``: the end of the menu.
    ``old``: what the router holds now, to be able to go back. ``words``: the reason, for people.
    """

    menu: str
    verb: Verb
    tag: str
    words: str
    id: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    before: str | None = None
    old: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Conflict:
    """A foreign row that holds what the plan wants to own."""

    menu: str
    tag: str
    words: str
