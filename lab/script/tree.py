# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the parser must know of the menus: names, for paths, abbreviations and unknown arguments."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from lab.script.grammar import COMMANDS


class MenuTree(Protocol):
    """A menu is ``/ip/route``, the root is ``/``."""

    def children(self, menu: str) -> Collection[str]:
        """Names of the menus directly below."""
        ...

    def commands(self, menu: str) -> Collection[str]: ...

    def arguments(self, menu: str, command: str) -> Collection[str] | None:
        """None when the arguments are not known: then none is refused here."""
        ...

    def properties(self, menu: str) -> Collection[str]:
        """Names that a ``where`` can ask for."""
        ...

    def boolean(self, menu: str, name: str) -> bool:
        """Whether an argument is yes or no."""
        ...

    def textual(self, menu: str, name: str) -> bool:
        """Whether a property is text whatever it looks like (a comment ``007``)."""
        ...


def below(menu: str, name: str) -> str:
    return f"/{name}" if menu == "/" else f"{menu}/{name}"


def above(menu: str) -> str:
    return menu.rpartition("/")[0] or "/"


#: commands that exist in some menu; used where no tree is at hand
COMMON_COMMANDS = frozenset(
    (
        *("add", "set", "remove", "find", "get", "print", "enable", "disable", "move", "unset", "comment", "edit"),
        *("export", "import", "run", "fetch", "ping", "reset", "reset-alert", "reset-counters", "reset-counters-all"),
        *("flush", "info", "warning", "error", "debug", "monitor", "release", "renew", "reboot", "shutdown"),
        *("make-static", "check-status"),
    )
)


class GuessTree:
    """Takes every path whose last word is a common command; for parsing a script away from a router."""

    def children(self, menu: str) -> Collection[str]:
        return _Everything()

    def commands(self, menu: str) -> Collection[str]:
        return COMMON_COMMANDS

    def arguments(self, menu: str, command: str) -> Collection[str] | None:
        return None

    def properties(self, menu: str) -> Collection[str]:
        return ()

    def boolean(self, menu: str, name: str) -> bool:
        return False

    def textual(self, menu: str, name: str) -> bool:
        return False


class _Everything(Collection[str]):
    def __contains__(self, item: object) -> bool:
        return isinstance(item, str) and item not in COMMON_COMMANDS and item not in COMMANDS

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(())

    def __len__(self) -> int:
        return 0


def match(name: str, known: Collection[str]) -> str | None:
    """``name`` itself, or the one longer name that begins with it (``addr`` is ``address``)."""
    if name in known:
        return name
    longer = [candidate for candidate in known if candidate.startswith(name)]
    return longer[0] if len(longer) == 1 else None
