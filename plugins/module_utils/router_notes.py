# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The preflight's findings as sentences, for callers that only tell them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .diff import Found
from .plan import Row
from .router_api import Api
from .router_preflight import Options, findings
from .versions import Version


def notes(api: Api, version: Version, rows: Sequence[Row], router: Mapping[str, Sequence[Found]]) -> tuple[str, ...]:
    """One sentence each. ``router``: the menus that were read already. Raises :class:`router_api.RouterError`."""
    return tuple(item.words for item in findings(api, version, rows, router, operations=(), options=Options()))
