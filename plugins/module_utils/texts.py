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
    # Put behind a message that could not be sent at once.
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
