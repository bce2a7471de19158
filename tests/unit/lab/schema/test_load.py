# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

import pytest

from lab.schema.expr import SchemaError
from lab.schema.load import all_menus, load_menus, schema_for
from lab.schema.model import version_key

GOOD = """
menus:
  - menu: /a
    kind: list
    source: a manual page
    enacted: stored
    commands: [add, print]
    arguments:
      name: {type: string}
      count: {type: "num(1, 9)", default: "3"}
"""


def load(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.yml").write_text(text, encoding="utf-8")
    load_menus(tmp_path)


def test_the_smallest_menu_file_loads(tmp_path: Path) -> None:
    load(tmp_path, GOOD)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("kind: list", "kind: heap", "kind is 'heap'"),
        ("    source: a manual page\n", "", "no source"),
        ("enacted: stored", "enacted: perhaps", "enacted is 'perhaps'"),
        ("[add, print]", "[add, prnt]", "unknown commands"),
        ("type: string", "type: strin", "unknown type 'strin'"),
        ("type: string", "type: string, colour: red", "unknown keys"),
        ('default: "3"', "default: 3", "quote it"),
        ('default: "3"', 'default: "10"', "out of range"),
        ('default: "3"', 'default: "0x3"', "prints as '3'"),
        ('default: "3"', 'default: "3", implied: "3"', "either shown or implied"),
        ("type: string", "type: ref(/b)", "points to /b"),
        ("    commands", "    colour: red\n    commands", "unknown keys ['colour']"),
        ("    commands", "    unique: [{by: [nam], message: m}]\n    commands", "no such property"),
        ("    commands", "    builtin: [{id: 1, values: {nam: x}}]\n    commands", "no such property"),
    ],
)
def test_a_menu_file_with_a_mistake_is_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in GOOD
    with pytest.raises(SchemaError) as caught:
        load(tmp_path, GOOD.replace(old, new, 1))
    assert says in str(caught.value)


def test_a_menu_is_described_once(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="described twice"):
        load(tmp_path, GOOD + GOOD.split("menus:\n")[1])


def test_every_menu_of_the_lab_names_its_source() -> None:
    assert all(menu.source for menu in all_menus().values())


@pytest.mark.parametrize(
    ("menu", "argument", "first", "last"),
    [
        ("/ip/dhcp-client", "default-route-tables", "7.18", ""),
        ("/ip/dhcp-client", "check-gateway", "7.19", ""),
        ("/routing/settings", "check-gateway-ping-interval", "7.21", ""),
        ("/system/scheduler", "days", "7.24", ""),
        ("/tool/netwatch", "src-address", "7.11", ""),
        ("/certificate/settings", "builtin-trust-anchors", "7.19", "7.20"),
        ("/ip/route", "routing-mark", "6.49", "6.49"),
    ],
)
def test_an_argument_exists_only_in_its_versions(menu: str, argument: str, first: str, last: str) -> None:
    for version in ("6.49", "7.9", "7.11", "7.16", "7.18", "7.19", "7.20", "7.21", "7.22", "7.24"):
        key = version_key(version)
        expected = version_key(first) <= key and (not last or key <= version_key(last))
        at = schema_for(version).get(menu)
        assert (at is not None and argument in at.arguments) == expected, version


def test_routing_tables_came_with_v7() -> None:
    assert schema_for("6.49").get("/routing/table") is None
    assert schema_for("7.22").get("/routing/table") is not None


def test_passthrough_is_shown_from_7_19_on() -> None:
    def default(version: str) -> str | None:
        at = schema_for(version).get("/ip/firewall/mangle")
        assert at is not None
        return at.arguments["passthrough"].default

    assert default("7.18") is None
    assert default("7.19") == "true"
