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
        ("[add, print]", "[add from 7.1, print]", "only since and until"),
        ("    commands", "    asks: [name]\n    commands", "asks for name, which is not required"),
        ("    commands", "    refuses: [blink]\n    commands", "refuses ['blink']"),
        ("    commands", "    readonly: {up: {text: x}}\n    commands", "unknown keys"),
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


def test_commands_their_arguments_properties_and_rows_have_versions(tmp_path: Path) -> None:
    text = GOOD.replace("[add, print]", "[add since 7.15, print]").replace(
        "    arguments:",
        """    actions: {look since 7.2 until 7.20: [at, how since 7.5], stay: []}
    readonly: {up: "no", only-new: {since: "7.2"}, old: [{value: a, until: "7.2"}, {value: b, since: "7.2"}]}
    builtin: [{id: 1, since: "7.2", values: {name: x}}]
    any_of: [{names: [name], message: m, until: "7.2"}]
    arguments:""",
    )
    (tmp_path / "x.yml").write_text(text, encoding="utf-8")
    menu = load_menus(tmp_path)["/a"]
    old, mid, new = (menu.at(version) for version in ("7.1", "7.4", "7.22.3 (stable)"))
    assert [sorted(at.commands) for at in (old, mid, new)] == [["print"], ["print"], ["add", "print"]]
    assert [dict(at.actions) for at in (old, mid, new)] == [
        {"stay": ()},
        {"look": ("at",), "stay": ()},
        {"stay": ()},
    ]
    assert dict(menu.at("7.5").actions)["look"] == ("at", "how")
    assert dict(old.readonly) == {"up": "no", "old": "a"}
    assert dict(new.readonly) == {"up": "no", "old": "b", "only-new": None}
    assert [len(at.builtin) for at in (old, mid)] == [0, 1]
    assert [len(at.any_of) for at in (old, mid)] == [1, 0]


def test_what_is_asked_for_stands_in_the_routers_order() -> None:
    at = schema_for("7.22").get("/interface/bridge/host")
    assert at is not None
    assert at.asks == ("mac-address", "interface", "bridge")


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
