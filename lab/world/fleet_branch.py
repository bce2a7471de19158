# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The branches of a pretended company, as data: names, places, groups, lines. The same number gives the same branch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

#: what can be wrong with a branch from the start
SICK = ("unreachable", "wrong_password", "dies_in_the_middle", "bad_vars")

#: province group -> (town, label, latitude, longitude), rounded to hundredths of a degree (about 1 km)
PLACES: dict[str, tuple[tuple[str, str, float, float], ...]] = {
    "jawa": (
        ("jakarta", "Jakarta", -6.21, 106.85),
        ("bandung", "Bandung", -6.91, 107.61),
        ("semarang", "Semarang", -6.99, 110.42),
        ("surabaya", "Surabaya", -7.26, 112.75),
        ("yogyakarta", "Yogyakarta", -7.80, 110.37),
        ("malang", "Malang", -7.98, 112.63),
        ("bogor", "Bogor", -6.60, 106.80),
        ("serang", "Serang", -6.12, 106.15),
        ("cirebon", "Cirebon", -6.73, 108.55),
        ("purwokerto", "Purwokerto", -7.42, 109.24),
        ("jember", "Jember", -8.17, 113.70),
    ),
    "sumatra": (
        ("medan", "Medan", 3.59, 98.67),
        ("padang", "Padang", -0.95, 100.35),
        ("palembang", "Palembang", -2.99, 104.76),
        ("pekanbaru", "Pekanbaru", 0.51, 101.45),
        ("banda-aceh", "Banda Aceh", 5.55, 95.32),
        ("bandar-lampung", "Bandar Lampung", -5.43, 105.26),
        ("jambi", "Jambi", -1.61, 103.61),
        ("bengkulu", "Bengkulu", -3.80, 102.27),
        ("batam", "Batam", 1.05, 104.03),
    ),
    "kalimantan": (
        ("pontianak", "Pontianak", -0.03, 109.33),
        ("banjarmasin", "Banjarmasin", -3.32, 114.59),
        ("balikpapan", "Balikpapan", -1.27, 116.83),
        ("samarinda", "Samarinda", -0.50, 117.15),
        ("palangka-raya", "Palangka Raya", -2.21, 113.92),
        ("tarakan", "Tarakan", 3.30, 117.63),
    ),
    "sulawesi": (
        ("makassar", "Makassar", -5.15, 119.43),
        ("manado", "Manado", 1.47, 124.84),
        ("palu", "Palu", -0.90, 119.87),
        ("kendari", "Kendari", -3.97, 122.51),
        ("gorontalo", "Gorontalo", 0.54, 123.06),
    ),
    "timur": (
        ("denpasar", "Denpasar", -8.65, 115.22),
        ("mataram", "Mataram", -8.58, 116.12),
        ("kupang", "Kupang", -10.18, 123.61),
        ("ambon", "Ambon", -3.70, 128.17),
        ("ternate", "Ternate", 0.79, 127.38),
        ("jayapura", "Jayapura", -2.53, 140.72),
        ("sorong", "Sorong", -0.88, 131.25),
        ("manokwari", "Manokwari", -0.86, 134.06),
    ),
}
_SPEEDS = ((10, 10), (20, 5), (30, 10), (50, 20), (100, 30))
_KINDS = ("Serat optik", "Kabel", "Nirkabel")
_ANCHORS = (("8.8.4.4", "9.9.9.10"), ("1.0.0.1", "208.67.222.222"), ("9.9.9.9", "208.67.220.220"))
#: degrees from one office of a town to the next
_APART = 0.07


@dataclass(frozen=True)
class Uplink:
    """``down``, ``up``: Mbit/s."""

    name: str
    label: str
    interface: str
    network: str  # the first three bytes
    down: int
    up: int
    anchors: tuple[str, ...]
    priority: int

    def variables(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "label": self.label,
            "interface": self.interface,
            "type": "static",
            "address": f"{self.network}.2/24",
            "gateway": f"{self.network}.1",
            "download": f"{self.down}M",
            "upload": f"{self.up}M",
            "priority": self.priority,
            "anchors": list(self.anchors),
        }


@dataclass(frozen=True)
class Branch:
    """``sick``: what is wrong with it from the start, one of SICK, or nothing."""

    number: int
    name: str
    label: str
    group: str
    latitude: float
    longitude: float
    uplinks: tuple[Uplink, ...]
    mode: str
    version: str = "7.22"
    sick: str = ""

    def uplink(self, name: str) -> Uplink:
        """Raises KeyError with the names that there are."""
        for uplink in self.uplinks:
            if uplink.name == name:
                return uplink
        raise KeyError(f"no uplink {name!r} at {self.name}: it has {', '.join(u.name for u in self.uplinks)}")

    def variables(self) -> dict[str, Any]:
        """Its file below host_vars, as a person would have written it; of a ``bad_vars`` branch with mistakes."""
        lines = [uplink.variables() for uplink in self.uplinks]
        if self.sick == "bad_vars":
            lines[0]["gateway"] = "192.168.99.1"  # not in the line's network
            lines[1]["anchors"] = list(self.uplinks[0].anchors)  # those of another line
        return {
            "multiwan_label": self.label,
            "multiwan_place": {"latitude": self.latitude, "longitude": self.longitude},
            "multiwan_mode": self.mode,
            "multiwan_uplinks": lines,
            "multiwan_segments": [
                {"name": "office", "label": "Kantor", "interface": "bridge", "address": "192.168.10.1/24"}
            ],
        }


def branches(count: int, *, versions: tuple[str, ...] = ("7.22",), sick: dict[str, str] | None = None) -> list[Branch]:
    """``count`` branches, spread over all groups. ``sick``: name -> what is wrong; ValueError for unknown names."""
    unwell = dict(sick or {})
    made = [
        _branch(number, group, town, versions[number % len(versions)], unwell)
        for number, (group, town) in zip(range(count), _towns(), strict=False)
    ]
    if unwell:
        raise ValueError(f"no branch {', '.join(sorted(unwell))} among {count}")
    return made


def spread(names: list[str], sick: dict[str, int]) -> dict[str, str]:
    """``sick``: what -> how many. They are taken from the middle on, so that the first branches are well."""
    left = iter(names[len(names) // 2 :])
    found = {}
    for what, count in sick.items():
        for _ in range(count):
            name = next(left, None)
            if name is None:
                raise ValueError(f"too many sick branches: there are {len(names)}, and half of them stay well")
            found[name] = what
    return found


def _towns() -> Iterator[tuple[str, tuple[str, str, float, float]]]:
    """One town of each group after the other; when all had their turn, a second office of each."""
    order: list[tuple[str, tuple[str, str, float, float]]] = []
    longest = max(len(towns) for towns in PLACES.values())
    for place in range(longest):
        order += [(group, towns[place]) for group, towns in PLACES.items() if place < len(towns)]
    office = 1
    while True:
        for group, (name, label, latitude, longitude) in order:
            if office == 1:
                yield group, (name, label, latitude, longitude)
                continue
            east, north = (office - 1) % 4, (office - 1) // 4
            moved = (round(latitude + north * _APART, 2), round(longitude + east * _APART, 2))
            yield group, (f"{name}-{office}", f"{label} {office}", *moved)
        office += 1


def _branch(
    number: int, group: str, town: tuple[str, str, float, float], version: str, unwell: dict[str, str]
) -> Branch:
    name, label, latitude, longitude = town
    lines = 3 if number % 5 == 4 else 2
    return Branch(
        number,
        name,
        label,
        group,
        latitude,
        longitude,
        tuple(_uplink(number, n) for n in range(lines)),
        mode="failover" if number % 7 == 6 else "balance",
        version=version,
        sick=unwell.pop(name, ""),
    )


def _uplink(branch: int, n: int) -> Uplink:
    down, up = _SPEEDS[(branch * 3 + n) % len(_SPEEDS)]
    kind = _KINDS[(branch + n) % len(_KINDS)]
    return Uplink(f"isp{n + 1}", f"{kind} {n + 1}", f"ether{n + 1}", f"192.168.{n + 1}", down, up, _ANCHORS[n], n + 1)
