# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Values of a plan that hold a secret: the plan carries the text with gaps, only the writer fills them.

So a plan can be printed, stored and compared without showing anything. In a row such a value is a mapping
``{"$text": "…<<telegram_bot_token>>…", "$secrets": ["telegram_bot_token"]}``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from .plan import Row

TELEGRAM_BOT_TOKEN = "telegram_bot_token"
#: What stands in the place of a secret wherever people can see it.
MASK = "********"


def gap(name: str) -> str:
    """What stands in the text for the secret called ``name``."""
    return f"<<{name}>>"


def with_secrets(text: str, *names: str) -> dict[str, Any]:
    """A row value whose gaps are filled when it is written. Raises ``ValueError`` when the text lacks one of them."""
    for name in names:
        if gap(name) not in text:
            raise ValueError(f"the text has no place for {name}")
    return {"$text": text, "$secrets": sorted(names)}


def has_secrets(value: object) -> bool:
    return isinstance(value, Mapping) and "$text" in value and "$secrets" in value


def filled(value: Mapping[str, Any], secrets: Mapping[str, str]) -> str:
    """The text with its secrets, for the router only. Raises ``KeyError`` when one is missing."""
    text = str(value["$text"])
    for name in value["$secrets"]:
        text = text.replace(gap(name), secrets[name])
    return text


def masked(value: Mapping[str, Any]) -> str:
    """The text as people may see it."""
    text = str(value["$text"])
    for name in value["$secrets"]:
        text = text.replace(gap(name), MASK)
    return text


def fill_rows(rows: Iterable[Row], secrets: Mapping[str, str]) -> tuple[Row, ...]:
    """The rows as a router gets them. Raises ``KeyError`` with the name of a secret that is missing."""

    def fill(value: Any) -> Any:
        return filled(value, secrets) if has_secrets(value) else value

    return tuple(replace(row, values={key: fill(value) for key, value in row.values.items()}) for row in rows)


def flat_secrets(given: Mapping[str, Any]) -> dict[str, str]:
    """Those of several lines stand together: ``pppoe_password: {isp3: …}`` fills ``pppoe_password_isp3``."""
    found: dict[str, str] = {}
    for key, value in given.items():
        named = {f"{key}_{name}": text for name, text in value.items()} if isinstance(value, Mapping) else {key: value}
        found |= {str(name): str(text) for name, text in named.items() if text}
    return found
