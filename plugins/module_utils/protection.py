# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How carefully a commit goes about its work, and by whose clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

#: Seconds of a dead man that can be asked for.
SHORTEST_S, LONGEST_S = 10, 3600


def margin_s(dead_man_s: int) -> float:
    """The end of the time limit in which nothing is written any more: no write may meet the undo."""
    return max(2.0, dead_man_s / 6)


@dataclass(frozen=True)
class Waiting:
    """How long is waited, in seconds, and by which clock."""

    limit_s: float
    clock: Callable[[], float]
    sleep: Callable[[float], None]


@dataclass(frozen=True)
class Controller:
    """Where a commit is run. ``clock`` counts seconds, ``now`` is the time for people, ``operator`` who runs it.
    ``progress`` is told what takes long."""

    operator: str
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    now: Callable[[], str]
    progress: Callable[[str], None]


@dataclass(frozen=True)
class Protection:
    """``dead_man_s``: seconds after which the router takes an unconfirmed change back; 0: it does not, and an undo
    needs a connection. ``reach``: addresses that the router must be able to ping as before; ``None``: the anchors of
    the plan. ``backup``: whether to save one before the change.
    """

    controller: Controller

    dead_man_s: int = 120
    reach: tuple[str, ...] | None = None
    backup: bool = True

    @property
    def margin_s(self) -> float:
        return margin_s(self.dead_man_s)

    @property
    def lock_s(self) -> int:
        """After this a lock whose holder is gone ends; no commit takes longer."""
        return (self.dead_man_s or 300) + 60
