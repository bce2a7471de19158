# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which path each PCC remainder takes. Pure arithmetic over weights; uplinks are list positions from 0.

A slot is one remainder of the PCC matcher; its path is the order in which its connections try the uplinks. The number of
slots that *begin* with an uplink is always exactly proportional to its (reduced) weight. What follows is chosen so that
the slots of dead uplinks fall on the living ones by weight, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import combinations, permutations
from math import gcd

#: Most weights that people write sum up to less. Beyond it they are approximated, which costs at most one point in 100.
MAX_WEIGHT_SUM = 100
#: Each slot is a mangle row and one more comparison for a new connection.
MAX_SLOTS = 256
#: How far a living uplink's share may be from the exact one after deaths, as a part of all connections.
TOLERANCE = Fraction(5, 100)
#: Up to here a path names all uplinks in order, beyond it only two: four uplinks have 24 orders, five 120.
FULL_PATHS = 4

Path = tuple[int, ...]


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
    """Part of all slots that each uplink carries when ``dead`` are dead. Slots without a living uplink count for none."""
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
    """One path per slot, each the one that its uplinks are shortest of, over all deaths that count."""
    count = len(weights)
    slots = sum(weights) * multiple
    deaths = tuple(death_sets(count))
    # What each uplink should still take over from the dead, in slots.
    missing = {
        dead: [
            Fraction(slots * weight, sum(weights) - sum(weights[i] for i in dead)) - weight * multiple
            for weight in weights
        ]
        for dead in deaths
    }
    paths = []
    for first in _first_choices(weights, multiple):
        path = max(_candidates(first, count), key=lambda order: _worth(order, missing))
        for dead, heir in _inheritances(path, deaths):
            missing[dead][heir] -= 1
        paths.append(path)
    return tuple(paths)


def _candidates(first: int, count: int) -> list[Path]:
    others = [(first + step) % count for step in range(1, count)]
    length = count - 1 if count <= FULL_PATHS else 1
    return [(first, *rest) for rest in permutations(others, length)]


def _inheritances(path: Path, deaths: tuple[frozenset[int], ...]) -> Iterator[tuple[frozenset[int], int]]:
    """Who takes this slot over, for every death that hits its first uplink."""
    for dead in deaths:
        if path[0] in dead:
            heir = next((uplink for uplink in path if uplink not in dead), None)
            if heir is not None:
                yield dead, heir


def _worth(path: Path, missing: dict[frozenset[int], list[Fraction]]) -> Fraction:
    return sum((missing[dead][heir] for dead, heir in _inheritances(path, tuple(missing))), Fraction(0))
