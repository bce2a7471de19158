# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command database of routeros-lsp (7.21.4) without what an older RouterOS lacks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from routeros_lsp.schema.schema import Schema

TREES = Path(__file__).parents[3] / "shared" / "routeros" / "schema"

#: Root commands and the first version that has them: seen first in the command trees of live routers; those of 7.0 are
#: in every tree and not in the manual of 6.
LATER: Mapping[str, tuple[int, int]] = {
    **dict.fromkeys(("timestamp", "retry", "rndnum", "rndstr"), (7, 0)),
    "convert": (7, 11),
    **dict.fromkeys(("tonsec", "jobname"), (7, 12)),
    **dict.fromkeys(("onerror", "grep", "serialize", "deserialize"), (7, 13)),
    "tocrlf": (7, 14),
    "range": (7, 17),
}


@cache
def database(version: str) -> Schema:
    """Without the root commands that came later; with a live router's tree beside the checkout, also without the menus'
    commands and arguments that this router does not have."""
    bundled = Schema.bundled()
    assert bundled is not None
    data = json.loads(json.dumps(bundled.data))
    key = tuple(int(part) for part in version.split(".")[:2])
    commands = data["root"]["c"]
    for name, since in LATER.items():
        if key < since:
            del commands[name]
    if key < (7, 0):
        del commands["routing"]["c"]["table"]
    for tree in TREES.glob(f"{version}*.json"):
        _keep_only(data["root"], json.loads(tree.read_text(encoding="utf-8"))["menus"])
    return Schema(data)


def _keep_only(root: dict[str, Any], menus: Mapping[str, Any]) -> None:
    """The tree's list of root commands is not whole."""
    for path, live in menus.items():
        node = {} if path == "/" else root
        for part in path.split("/")[1:]:
            node = node.get("c", {}).get(part, {})
        for name, command in list(node.get("c", {}).items()):
            if not command.get("k"):
                continue
            if name not in live:
                del node["c"][name]
            elif "a" in command:
                given = live[name].get("args", live[name])
                command["a"] = {key: value for key, value in command["a"].items() if key in given}
