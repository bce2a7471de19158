# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.multiwan.routeros.plugins.module_utils.diff import Found
from ansible_collections.multiwan.routeros.plugins.module_utils.menus import MENUS
from ansible_collections.multiwan.routeros.plugins.module_utils.router_notes import notes
from ansible_collections.multiwan.routeros.plugins.module_utils.versions import parse_version

from tests.unit.plugins.looked_at import plan_of
from tests.unit.plugins.memory_api import MemoryApi


def test_notes_are_the_words_of_findings() -> None:
    row = {"chain": "forward", "action": "fasttrack-connection"}
    router: dict[str, list[Found]] = {menu.path: [] for menu in MENUS}
    api = MemoryApi({"/ip/firewall/filter": [Found("*1", row)]})
    (note,) = notes(api, parse_version("7.22"), plan_of(), router)
    assert "fast-tracks every connection" in note
    assert "multiwan_force" not in note
