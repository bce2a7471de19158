# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Takes secrets out of everything that people or logs will see."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from .quoting import quote
from .secret_values import MASK

#: A Telegram bot token: the bot's number, a colon, 35 characters. Caught by its shape, because a router may still hold
#: an older token than the one in the inventory.
_TOKEN = re.compile(r"(?<!\d)\d{6,12}:[A-Za-z0-9_-]{30,}")


class Mask:
    """Replaces known secrets, as they are and as script text quotes them, and whatever looks like a bot token."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {form for secret in secrets if secret for form in (secret, quote(secret)[1:-1])}
        self._forms = sorted(forms, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        for form in self._forms:
            text = text.replace(form, MASK)
        return _TOKEN.sub(MASK, text)

    def touches(self, text: str) -> bool:
        """Whether ``text`` holds a secret."""
        return self(text) != text

    def data(self, value: Any) -> Any:
        """The same for JSON-able data."""
        if isinstance(value, str):
            return self(value)
        if isinstance(value, dict):
            return {self(str(key)): self.data(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.data(item) for item in value]
        return value
