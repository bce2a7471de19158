# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which path each PCC remainder takes. Pure arithmetic over weights; uplinks are list positions from 0.

A slot is one remainder of the PCC matcher; its path is the order in which its connections try the uplinks. The number
of slots that *begin* with an uplink is exactly proportional to its weight as long as few slots can say it, else as near
as they can. What follows is chosen so that the slots of dead uplinks fall on the living ones by weight, too: whoever is
not dead keeps every slot that it had.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import combinations, permutations
from math import gcd, lcm

#: Most weights that people write sum up to less (without their common divisor) and are kept exactly.
MAX_WEIGHT_SUM = 100
#: The bound on rows: each slot is a mangle row and one more comparison for a new connection.
MAX_SLOTS = 256
#: Up to here a path names all uplinks in order, beyond it only two: four uplinks have 24 orders, five 120.
FULL_PATHS = 4
#: How far a living uplink's share may be from the exact one, as a part of all connections: with full paths after every
#: combination of deaths, beyond them after every single one.
TOLERANCE_FULL, TOLERANCE_BEYOND = Fraction(3, 100), Fraction(5, 100)
#: What is left of the tolerance to the hash: with 2,000 connections it strays by about a point (binomial).
CHANCE = Fraction(1, 100)

#: Sums tried one after the other where the exact weights need more than ``MAX_WEIGHT_SUM``.
_ROUNDED_SUMS = (MAX_WEIGHT_SUM, 128, 160, 200, MAX_SLOTS)
#: How often an assignment is looked through again; it settles after two or three.
_REFINEMENTS = 10

Path = tuple[int, ...]
Missing = dict[tuple[frozenset[int], int], int]


@dataclass(frozen=True)
class Slots:
    """``paths[r]`` is the path of remainder ``r``; ``weights`` are the given ones without their common divisor.

    ``deviation`` is the largest distance between the share of a living uplink and its weight among the living, with all
    alive and after each death that counts. It is above :func:`tolerance` only where the weights of several uplinks are
    less than a slot (1 of ``MAX_SLOTS``) each: every uplink gets one nevertheless.
    """

    paths: tuple[Path, ...]
    weights: tuple[int, ...]
    deviation: Fraction

    @property
    def even(self) -> bool:
        """Whether the promise is kept."""
        return self.deviation <= tolerance(len(self.weights))


def tolerance(count: int) -> Fraction:
    """What is promised for ``count`` uplinks."""
    return TOLERANCE_FULL if count <= FULL_PATHS else TOLERANCE_BEYOND


def reduced(weights: Sequence[int]) -> tuple[int, ...]:
    """Weights without their common divisor."""
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
    """The fewest slots that keep the tolerance with room for ``CHANCE``; else the best that ``MAX_SLOTS`` allow."""
    small = reduced(weights)
    best: Slots | None = None
    for firsts in _first_counts(small):
        paths = _assign(small, firsts)
        found = Slots(paths, small, worst_deviation(paths, small))
        if best is None or found.deviation < best.deviation:
            best = found
        if best.deviation <= tolerance(len(weights)) - CHANCE:
            break
    if best is None:
        raise ValueError(f"{len(weights)} uplinks need more than {MAX_SLOTS} slots")
    return best


def _first_counts(weights: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """How many slots may begin with each uplink, fewest first."""
    total = sum(weights)
    if total <= MAX_WEIGHT_SUM:
        for multiple in range(1, MAX_SLOTS // total + 1):
            yield tuple(weight * multiple for weight in weights)
    elif len(weights) <= MAX_SLOTS:
        for seats in _ROUNDED_SUMS:
            if seats >= len(weights):
                yield apportion(weights, seats, least=1)


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
    """Largest distance between a living uplink's share and its weight among the living: all alive, or any deaths."""
    worst = Fraction(0)
    for dead in (frozenset[int](), *death_sets(len(weights))):
        living = sum(weight for uplink, weight in enumerate(weights) if uplink not in dead)
        for uplink, share in enumerate(shares_after(paths, len(weights), dead)):
            if uplink not in dead:
                worst = max(worst, abs(share - Fraction(weights[uplink], living)))
    return worst


def _first_choices(firsts: Sequence[int]) -> Iterator[int]:
    """Each uplink as often as it should come first, well mixed: neighbouring remainders go to different uplinks."""
    credit = [0] * len(firsts)
    for _round in range(sum(firsts)):
        credit = [have + first for have, first in zip(credit, firsts, strict=True)]
        index = max(range(len(firsts)), key=lambda i: (credit[i], -i))
        credit[index] -= sum(firsts)
        yield index


def _assign(weights: tuple[int, ...], firsts: tuple[int, ...]) -> tuple[Path, ...]:
    """One path per slot: first the one whose heirs lack most, then each looked at again until none gets better."""
    count = len(weights)
    missing, unit = _missing(weights, firsts)
    options = [_candidates(first, count) for first in range(count)]
    chosen: list[Path] = []
    for first in _first_choices(firsts):
        path = max(options[first], key=lambda option: _worth(option, missing, count))
        _take(path, missing, unit, count)
        chosen.append(path)
    for _round in range(_REFINEMENTS):
        before = list(chosen)
        for slot, old in enumerate(before):
            _take(old, missing, -unit, count)
            best = max(options[old[0]], key=lambda option: _worth(option, missing, count))
            chosen[slot] = best if _worth(best, missing, count) > _worth(old, missing, count) else old
            _take(chosen[slot], missing, unit, count)
        if chosen == before:
            break
    return tuple(chosen)


def _missing(weights: tuple[int, ...], firsts: tuple[int, ...]) -> tuple[Missing, int]:
    """For each death, what each living uplink should take over; in parts of a slot, ``unit`` of them to one."""
    living = {dead: sum(weights) - sum(weights[uplink] for uplink in dead) for dead in death_sets(len(weights))}
    unit = lcm(*living.values())
    missing = {
        (dead, uplink): weight * sum(firsts) * (unit // left) - unit * firsts[uplink]
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
