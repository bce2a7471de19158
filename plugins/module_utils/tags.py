# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Owner tags and comments: how a row is found again, and what people read beside it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from .plan import Absent, Row

_PIECE = re.compile(r"[a-z0-9._-]+")
#: A longer label is cut in comments. No limit of RouterOS for a comment is known; ours stay below 160 characters.
_LABEL = 40
_BRACKETS = str.maketrans("[]", "()")


def tag(role: str, name: str, part: str | int | None = None) -> str:
    """``multiwan:<role>:<name>[:<part>]``. Raises ``ValueError`` when a piece could not be read back."""
    pieces = [role, name] if part is None else [role, name, str(part)]
    for piece in pieces:
        if not _PIECE.fullmatch(piece):
            raise ValueError(f"{piece!r} can't be a part of an owner tag")
    return ":".join(["multiwan", *pieces])


def owned(
    menu: str,
    owner: str,
    about: str,
    values: Mapping[str, Any],
    *,
    runtime: tuple[str, ...] = (),
    claims: tuple[str, ...] = (),
    absent: Absent = "add",
    yields: bool = False,
    follows: str = "",
) -> Row:
    """A row with its comment: what it is for, then the tag. The rest: see :class:`plan.Row`."""
    said = {**values, "comment": f"{about} [{owner}]"}
    return Row(menu, owner, said, runtime, claims, absent, yields, follows)


def named(menu: str, owner: str, values: Mapping[str, Any]) -> Row:
    """A row of a menu without comments: its tag is its name."""
    return Row(menu, owner, {**values, "name": owner})


def ascii_label(text: str, longest: int = _LABEL) -> str:
    """A label for a comment: other clients read comments as ASCII by default (librouteros, community.routeros).

    Accents are dropped, what is left over becomes ``?``; square brackets would look like a tag.
    """
    plain = unicodedata.normalize("NFKD", text)
    kept = "".join(character for character in plain if not unicodedata.combining(character))
    folded = " ".join(kept.encode("ascii", "replace").decode("ascii").translate(_BRACKETS).split())
    folded = "".join(character if character.isprintable() else "?" for character in folded)
    return folded if len(folded) <= longest else folded[: longest - 3] + "..."
