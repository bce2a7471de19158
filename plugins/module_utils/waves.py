# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""In what order, and how many at a time, the branches of a fleet are rolled out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, TypeAlias

from .problems import Problem, show

#: Branches of one wave: a number, or a share of all branches of the run.
Wave: TypeAlias = "int | str"

#: After the canaries.
_REST: tuple[Wave, ...] = ("10%", "100%")
_ALLOWED = "a number of branches from 1, or a share of them such as 10%, from 1% to 100%"
_NUMBER, _SHARE = re.compile(r"[1-9]\d{0,5}"), re.compile(r"([1-9]\d?|100)%")


def default(canaries: int) -> tuple[Wave, ...]:
    """One canary, or those that were chosen; then a tenth of all; then the rest."""
    return (max(canaries, 1), *_REST)


def read(value: Any) -> tuple[Wave, ...]:
    """What ``multiwan_waves`` says: a list, one wave, or a list as text, as ``-e`` or a form of AWX gives it.

    Raises ``ValueError`` with every mistake, one a line.
    """
    if isinstance(value, str):
        value = [part.strip(" '\"") for part in value.strip("[] ").split(",") if part.strip()]
    if isinstance(value, int | float):
        value = [value]
    if not isinstance(value, Sequence) or isinstance(value, str) or not value:
        raise ValueError(str(Problem("multiwan_waves", show(value), "a list of waves, such as [1, 10%, 100%]")))
    waves = [_wave(item) for item in value]
    wrong = [
        str(Problem(f"multiwan_waves[{place}]", show(value[place]), _ALLOWED))
        for place, wave in enumerate(waves)
        if wave is None
    ]
    if wrong:
        raise ValueError("\n".join(wrong))
    return tuple(wave for wave in waves if wave is not None)


def sizes(waves: Sequence[Wave], branches: int) -> tuple[int, ...]:
    """How many branches each wave has. Counted as Ansible does (ansible-core 2.19, ``_get_serialized_batches``): a
    share is rounded down and is at least one; the last wave is repeated until everyone had a turn."""
    counted: list[int] = []
    left = branches
    while left > 0:
        wave = waves[min(len(counted), len(waves) - 1)]
        size = wave if isinstance(wave, int) else int(int(wave[:-1]) / 100.0 * branches) or 1
        counted.append(min(size, left))
        left -= counted[-1]
    return tuple(counted)


def ordered(branches: Sequence[str], canaries: Sequence[str]) -> tuple[str, ...]:
    """The branches in the order of their turns: ``canaries`` first, in their own order, where they take part."""
    first = tuple(dict.fromkeys(name for name in canaries if name in set(branches)))
    return (*first, *(name for name in branches if name not in set(first)))


def _wave(item: Any) -> Wave | None:
    """A wave, if it is one. Numbers from the command line are texts."""
    if isinstance(item, bool) or not isinstance(item, int | str):
        return None
    text = str(item)
    if _NUMBER.fullmatch(text):
        return int(text)
    return text if _SHARE.fullmatch(text) else None
