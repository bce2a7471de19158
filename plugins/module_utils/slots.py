# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which path each PCC remainder takes. Pure arithmetic over weights; uplinks are list positions from 0.

A slot is one remainder of the PCC matcher; its path is the order in which its connections try the uplinks. The number
of slots that *begin* with an uplink is always exactly proportional to its (reduced) weight. What follows is chosen so
that the slots of dead uplinks fall on the living ones by weight, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import combinations, permutations
from math import gcd, lcm

#: Most weights that people write sum up to less. Beyond it they are approximated, which costs at most one point in 100.
MAX_WEIGHT_SUM = 100
#: Each slot is a mangle row and one more comparison for a new connection.
MAX_SLOTS = 256
#: How far a living uplink's share may be from the exact one after deaths, as a part of all connections.
TOLERANCE = Fraction(5, 100)
#: Up to here a path names all uplinks in order, beyond it only two: four uplinks have 24 orders, five 120.
FULL_PATHS = 4

#: How often an assignment is looked through again; it settles after two or three.
_REFINEMENTS = 10

Path = tuple[int, ...]
Missing = dict[tuple[frozenset[int], int], int]


@dataclass(frozen=True)
class Slots:
    """``paths[r]`` is the path of remainder ``r``; ``deviation`` the worst share error after the deaths that count."""

    paths: tuple[Path, ...]
    weights: tuple[int, ...]
    deviation: Fraction


def reduced(weights: Sequence[int]) -> tuple[int, ...]:
    """Weights without their common divisor; with a sum of at most ``MAX_WEIGHT_SUM``, if need be by rounding."""
    exact = _divided(weights)
    if sum(exact) <= MAX_WEIGHT_SUM:
        return exact
    return _divided(apportion(exact, MAX_WEIGHT_SUM, least=1))


def _divided(weights: Sequence[int]) -> tuple[int, ...]:
    divisor = gcd(*weights)
    return tuple(weight // divisor for weight in weights)


def apportion(weights: Sequence[int], seats: int, *, least: int = 0) -> tuple[int, ...]:
    """``seats`` split by weight with largest remainders; ties go to the earlier one. Each gets ``least`` or more."""
    total = sum(weights)
    shares = [Fraction(weight * seats, total) for weight in weights]
    given = [max(least, int(share)) for share in shares]
    while sum(given) < seats:
        index = max(range(len(given)), key=lambda i: (shares[i] - given[i], -i))
        given[index] += 1
    while sum(given) > seats:
        index = max((i for i in range(len(given)) if given[i] > least), key=lambda i: (given[i] - shares[i], -i))
        given[index] -= 1
    return tuple(given)


@cache
def choose_slots(weights: tuple[int, ...]) -> Slots:
    """The fewest slots whose redistribution is within ``TOLERANCE``; else the best that ``MAX_SLOTS`` allow."""
    small = reduced(weights)
    best: Slots | None = None
    for multiple in range(1, MAX_SLOTS // sum(small) + 1):
        paths = _assign(small, multiple)
        found = Slots(paths, small, worst_deviation(paths, small))
        if best is None or found.deviation < best.deviation:
            best = found
        if best.deviation <= TOLERANCE:
            break
    if best is None:
        raise ValueError(f"{len(weights)} weights with the sum {sum(small)} need more than {MAX_SLOTS} slots")
    return best


def death_sets(count: int) -> Iterator[frozenset[int]]:
    """The deaths that count: every combination while paths name all uplinks, every single one beyond."""
    for size in range(1, count if count <= FULL_PATHS else min(count, 2)):
        yield from (frozenset(dead) for dead in combinations(range(count), size))


def shares_after(paths: Sequence[Path], count: int, dead: frozenset[int]) -> tuple[Fraction, ...]:
    """Part of all slots that each uplink carries when ``dead`` are dead. A slot may have no living uplink."""
    carried = [0] * count
    for path in paths:
        alive = next((uplink for uplink in path if uplink not in dead), None)
        if alive is not None:
            carried[alive] += 1
    return tuple(Fraction(slots, len(paths)) for slots in carried)


def worst_deviation(paths: Sequence[Path], weights: Sequence[int]) -> Fraction:
    """Largest distance between a living uplink's share and its weight among the living, over all deaths that count."""
    worst = Fraction(0)
    for dead in death_sets(len(weights)):
        living = sum(weight for uplink, weight in enumerate(weights) if uplink not in dead)
        for uplink, share in enumerate(shares_after(paths, len(weights), dead)):
            if uplink not in dead:
                worst = max(worst, abs(share - Fraction(weights[uplink], living)))
    return worst


def _first_choices(weights: Sequence[int], multiple: int) -> Iterator[int]:
    """Each uplink ``weight × multiple`` times, well mixed: neighbouring remainders go to different uplinks."""
    credit = [0] * len(weights)
    for _ in range(sum(weights) * multiple):
        credit = [have + weight for have, weight in zip(credit, weights, strict=True)]
        index = max(range(len(weights)), key=lambda i: (credit[i], -i))
        credit[index] -= sum(weights)
        yield index


def _assign(weights: tuple[int, ...], multiple: int) -> tuple[Path, ...]:
    """One path per slot: first the one whose heirs lack most, then each looked at again until none gets better."""
    count = len(weights)
    missing, unit = _missing(weights, multiple)
    options = [_candidates(first, count) for first in range(count)]
    chosen: list[Path] = []
    for first in _first_choices(weights, multiple):
        path = max(options[first], key=lambda option: _worth(option, missing, count))
        _take(path, missing, unit, count)
        chosen.append(path)
    for _ in range(_REFINEMENTS):
        before = list(chosen)
        for slot, old in enumerate(before):
            _take(old, missing, -unit, count)
            best = max(options[old[0]], key=lambda option: _worth(option, missing, count))
            chosen[slot] = best if _worth(best, missing, count) > _worth(old, missing, count) else old
            _take(chosen[slot], missing, unit, count)
        if chosen == before:
            break
    return tuple(chosen)


def _missing(weights: tuple[int, ...], multiple: int) -> tuple[Missing, int]:
    """For each death, what each living uplink should take over; in parts of a slot, ``unit`` of them to one."""
    total = sum(weights)
    living = {dead: total - sum(weights[uplink] for uplink in dead) for dead in death_sets(len(weights))}
    unit = lcm(*living.values())
    missing = {
        (dead, uplink): weight * multiple * (unit * total // left - unit)
        for dead, left in living.items()
        for uplink, weight in enumerate(weights)
        if uplink not in dead
    }
    return missing, unit


def _candidates(first: int, count: int) -> list[Path]:
    """Orders that begin with ``first``, those with its next neighbour first, so that equal choices go round."""
    others = [(first + step) % count for step in range(1, count)]
    length = count - 1 if count <= FULL_PATHS else 1
    return [(first, *rest) for rest in permutations(others, length)]


@cache
def _inheritances(path: Path, count: int) -> tuple[tuple[frozenset[int], int], ...]:
    """Who takes a slot over, for every death that hits its first uplink."""
    return tuple(
        (dead, next(uplink for uplink in path if uplink not in dead)) for dead in death_sets(count) if path[0] in dead
    )


def _worth(path: Path, missing: Missing, count: int) -> int:
    """How much the heirs of a path lack. A single death counts double: it is the one that happens, and four equal
    uplinks then come out exactly even with twelve slots."""
    return sum(missing[dead, heir] * (2 if len(dead) == 1 else 1) for dead, heir in _inheritances(path, count))


def _take(path: Path, missing: Missing, unit: int, count: int) -> None:
    for inheritance in _inheritances(path, count):
        missing[inheritance] -= unit
