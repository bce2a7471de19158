# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The one function that puts text into a RouterOS script or command line."""

from __future__ import annotations

import re

_BARE = re.compile(r"!?[A-Za-z0-9][A-Za-z0-9_.:/,@%+-]*")
_NAMED = {'"': '\\"', "\\": "\\\\", "$": "\\$", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def quote(text: str) -> str:
    r"""``text`` as a quoted RouterOS string that stands for exactly its UTF-8 bytes.

    Outside printable ASCII each byte becomes ``\XX`` (two capital hex digits; the manual's page on scripting). So does
    ``?``: RouterOS 6 takes a bare one for a call for help, later versions refuse ``\?``, and ``\3F`` is right in all.
    Raises ``ValueError`` for text that has no UTF-8 form (lone surrogates).
    """
    return '"' + "".join(_escape(character) for character in text) + '"'


def _escape(character: str) -> str:
    if character in _NAMED:
        return _NAMED[character]
    if " " <= character <= "~" and character != "?":
        return character
    return "".join(f"\\{byte:02X}" for byte in character.encode("utf-8"))


def word(text: str) -> str:
    """``text`` as the value of an argument: bare where RouterOS' own export leaves it bare, else quoted.

    A ``!`` that negates a matcher stands inside the quotes, as in exports that people published
    (``src-address-list="!Local LAN"``).
    """
    return text if _BARE.fullmatch(text) else quote(text)
