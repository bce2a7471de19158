# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of one session: menus, numbers, prints, exports."""

from __future__ import annotations

import pytest

from lab.doors.console import ConsoleSession, TerminalSettings
from tests.unit.lab.doors.console.rig import ADMIN, make_host, printed


def prompt(version: str, menu: str) -> str:
    session = ConsoleSession(make_host(version), ADMIN, TerminalSettings())
    session.menu = menu
    return session.prompt


@pytest.mark.parametrize(
    ("version", "menu", "text"),
    [
        ("7.22", "/", "[admin@jakarta] > "),
        ("7.22", "/ip/route", "[admin@jakarta] /ip/route> "),
        ("6.49", "/ip/route", "[admin@jakarta] /ip route> "),
    ],
)
def test_the_prompt_tells_where_one_stands(version: str, menu: str, text: str) -> None:
    assert prompt(version, menu) == text


async def test_a_menu_lasts_from_line_to_line() -> None:
    host = make_host()
    at_root, inside, above, outside = await printed(
        host, "print count-only", "/ip/address\nprint count-only", "..\n", "/ip/address/print count-only"
    )
    assert at_root.startswith("bad command name print")
    assert (inside, above, outside) == ("2", "", "2")
    session = ConsoleSession(host, ADMIN, TerminalSettings())
    for line, menu in (("/ip/address", "/ip/address"), ("..", "/ip"), ("route", "/ip/route"), ("/", "/")):
        await session.run(line, lambda text: None)
        assert session.menu == menu


async def test_numbers_are_those_of_the_last_print_of_this_session() -> None:
    host = make_host()
    before, _, _, after = await printed(
        host,
        "/ip/address/set 0 comment=x",
        "/ip/address/print where interface=bridge",
        "/ip/address/set 0 comment=chosen",
        "/ip/address/print terse proplist=comment,interface",
    )
    assert before.startswith("no such item")
    assert after.splitlines() == [
        "0     comment=Modem 1 interface=ether1 ",
        "1 X   comment=chosen interface=bridge ",
    ]


async def test_several_numbers_and_a_range_can_be_given() -> None:
    host = make_host()
    *_, left = await printed(
        host, "/ip/address/print", "/ip/address/remove 0,1", "/ip/address/print", "/ip/address/print count-only"
    )
    assert left == "0"
    host = make_host()
    *_, left = await printed(host, "/ip/address/print", "/ip/address/remove 0-1", "/ip/address/print count-only")
    assert left == "0"


async def test_another_sessions_print_numbers_nothing_here() -> None:
    host = make_host()
    await printed(host, "/ip/address/print")
    assert (await printed(host, "/ip/address/remove 0"))[0].startswith("no such item")


async def test_a_script_has_no_numbers() -> None:
    host = make_host()
    await host.engine.call("/system/script", "add", {"name": "s", "source": "/ip/address/remove 0"}, caller=ADMIN)
    await printed(host, "/ip/address/print", ":execute [/system/script/get s source]")
    assert len(host.engine.store.rows("/ip/address")) == 2


async def test_a_syntax_error_runs_nothing() -> None:
    (text,) = await printed(make_host(), ':put "first"; :put (1 @@ 2)')
    assert text == "syntax error (line 1 column 23)"


async def test_an_export_has_a_head_and_long_lines_are_folded() -> None:
    host = make_host()
    (text,) = await printed(host, "/ip/address/export")
    assert text.splitlines() == [
        "# 2026-11-21 12:00:00 by RouterOS 7.22",
        "# software id = ",
        "#",
        "/ip address",
        'add address=192.168.1.2/24 comment="Modem 1" interface=ether1 \\',
        "    network=192.168.1.0",
        "add address=192.168.10.1/24 disabled=yes interface=bridge network=192.168.10.0",
    ]


async def test_version_6_dates_an_export_its_own_way() -> None:
    (text,) = await printed(make_host("6.49"), "/export")
    assert text.startswith("# nov/21/2026 12:00:00 by RouterOS 6.49\n")


async def test_terse_lines_stand_alone_and_are_not_folded() -> None:
    (text,) = await printed(make_host(), "/ip/address/export terse where interface=ether1")
    assert text.splitlines()[3:] == [
        '/ip address add address=192.168.1.2/24 comment="Modem 1" interface=ether1 network=192.168.1.0'
    ]


async def test_a_verbose_export_has_defaults_and_what_is_not_set() -> None:
    (text,) = await printed(make_host(), "/ip/address/export verbose")
    assert "disabled=no" in text
    host = make_host(rows=[("/ip/firewall/mangle", {"chain": "a", "action": "accept"})])
    (text,) = await printed(host, "/ip/firewall/mangle/export verbose")
    assert "!connection-mark" in text
    assert "log=no" in text


SECRET = [("/interface/pppoe-client", {"name": "p", "interface": "ether1", "user": "u", "password": "hush"})]


@pytest.mark.parametrize(
    ("version", "line", "seen"),
    [
        ("7.22", "/export", False),
        ("7.22", "/export show-sensitive", True),
        ("6.49", "/export", True),
        ("6.49", "/export hide-sensitive", False),
    ],
)
async def test_secrets_are_hidden_in_7_and_shown_in_6_unless_told_otherwise(
    version: str, line: str, seen: bool
) -> None:
    (text,) = await printed(make_host(version, SECRET), line)
    assert ("hush" in text) is seen


async def test_an_export_can_go_into_a_file() -> None:
    host = make_host()
    assert await printed(host, "/ip/address/export file=addresses") == [""]
    (row,) = host.engine.store.rows("/file")
    assert row.get("name") == "addresses.rsc"
    assert row.get("contents").startswith("# 2026-11-21 12:00:00 by RouterOS 7.22\n")


async def test_a_print_can_go_into_a_file() -> None:
    host = make_host()
    assert await printed(host, "/ip/address/print terse file=seen") == [""]
    (row,) = host.engine.store.rows("/file")
    assert row.get("name") == "seen.txt"
    assert "address=192.168.1.2/24" in row.get("contents")
