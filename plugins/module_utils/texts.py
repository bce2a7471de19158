# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Messages to people, in the languages that a branch can ask for. Plain text: no markup that a name could break."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .quoting import quote

_FIELD = re.compile(r"\{([a-z]+)\}")

_TEXTS: Mapping[str, Mapping[str, str]] = {
    "rogue_dhcp": {
        "id": "Cabang {branch}: server DHCP liar ditemukan\nAntarmuka: {interface} ({segment})\nMAC: {mac}\nIP: {ip}",
        "en": "Branch {branch}: rogue DHCP server found\nInterface: {interface} ({segment})\nMAC: {mac}\nIP: {ip}",
    },
    # Put behind it where the bridge knows the port.
    "rogue_port": {"id": "\nTerlihat di port: {port}", "en": "\nSeen on port: {port}"},
    "rogue_gone": {
        "id": ("Cabang {branch}: server DHCP liar tidak terlihat lagi\nAntarmuka: {interface} ({segment})\nMAC: {mac}"),
        "en": "Branch {branch}: rogue DHCP server is gone\nInterface: {interface} ({segment})\nMAC: {mac}",
    },
    "uplink_down": {
        "id": "Cabang {branch}: jalur internet {label} terputus",
        "en": "Branch {branch}: internet line {label} is down",
    },
    "uplink_up": {
        "id": "Cabang {branch}: jalur internet {label} pulih\nLama gangguan: {length}",
        "en": "Branch {branch}: internet line {label} is back\nOutage: {length}",
    },
    # Slow or lossy, but alive.
    "uplink_poor": {
        "id": "Cabang {branch}: jalur internet {label} lambat atau kehilangan paket",
        "en": "Branch {branch}: internet line {label} is slow or loses packets",
    },
    # Put behind it when there is a better line.
    "unused": {"id": "\nTidak dipakai untuk koneksi baru", "en": "\nNot used for new connections"},
    "uplink_good": {
        "id": "Cabang {branch}: jalur internet {label} kembali normal\nLama gangguan: {length}",
        "en": "Branch {branch}: internet line {label} is good again\nIt was poor for: {length}",
    },
    # Sent afterwards: while no line lives, nothing can be sent.
    "all_down": {
        "id": "Cabang {branch}: semua jalur internet sempat terputus\nSejak: {time}\nLama gangguan: {length}",
        "en": "Branch {branch}: all internet lines were down\nSince: {time}\nOutage: {length}",
    },
    # Put behind the last message that goes out.
    "storm": {
        "id": ("\nSudah {limit} pesan dalam satu jam. Pesan berikutnya ditahan sampai keadaan lebih tenang."),
        "en": "\nThat makes {limit} messages within an hour. Further ones are held back until it is calmer.",
    },
    "test": {
        "id": "Cabang {branch}: pesan uji\nPesan dari router ini sampai.",
        "en": "Branch {branch}: test message\nMessages from this router arrive.",
    },
    # Around a rehearsal, whose messages of lost lines would frighten people.
    "drill_begins": {
        "id": (
            "Cabang {branch}: latihan gangguan dimulai\nJalur: {lines}\n"
            "Pesan tentang jalur ini sampai latihan selesai adalah bagian dari latihan."
        ),
        "en": (
            "Branch {branch}: a failover rehearsal begins\nLines: {lines}\n"
            "Messages about these lines until it is over are part of it."
        ),
    },
    "drill_over": {
        "id": "Cabang {branch}: latihan gangguan selesai\nTanpa internet:\n{lines}",
        "en": "Branch {branch}: the failover rehearsal is over\nWithout internet:\n{lines}",
    },
    # Put behind every message: it may have waited.
    "raised": {"id": "\nWaktu kejadian: {time}", "en": "\nRaised: {time}"},
    "unknown": {"id": "tidak diketahui", "en": "unknown"},
}


def text(key: str, language: str) -> str:
    """The message with its ``{fields}``."""
    return _TEXTS[key][language]


def fields(key: str) -> frozenset[str]:
    """The fields of a message, the same in every language."""
    found = {frozenset(_FIELD.findall(translation)) for translation in _TEXTS[key].values()}
    if len(found) != 1:
        raise ValueError(f"the languages of {key} have different fields")
    return next(iter(found))


def keys() -> tuple[str, ...]:
    return tuple(_TEXTS)


def expression(key: str, language: str, *, known: Mapping[str, str], variables: Mapping[str, str]) -> str:
    """The message as a RouterOS expression in brackets.

    ``known``: field to text that is known now. ``variables``: field to the script variable that holds it later.
    """
    pieces: list[str] = []
    literal = ""
    for index, part in enumerate(_FIELD.split(text(key, language))):
        if index % 2 == 0:
            literal += part
        elif part in known:
            literal += known[part]
        else:
            pieces += [quote(literal), f"${variables[part]}"]
            literal = ""
    pieces += [quote(literal)] if literal else []
    return "(" + " . ".join(pieces) + ")"
