# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a router's log and lists tell of the past. The words are those that the collection's own scripts log."""

from __future__ import annotations

import datetime

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils import alert_scripts, fast_script
from ansible_collections.multiwan.routeros.plugins.module_utils.branch import parse_branch
from ansible_collections.multiwan.routeros.plugins.module_utils.branch_events import (
    ALERT,
    LISTS,
    MOST,
    Line,
    events,
    lines,
    rogues,
    waiting,
)
from ansible_collections.multiwan.routeros.plugins.module_utils.found import Found
from ansible_collections.multiwan.routeros.plugins.module_utils.router_clock import clock
from ansible_collections.multiwan.routeros.plugins.module_utils.versions import Version

from tests.unit.plugins.branches import branch, uplink

NOW = datetime.datetime(2026, 11, 22, 7, 0, tzinfo=datetime.UTC)
CLOCK = clock({"date": "2026-11-22", "time": "07:00:00"}, NOW)
MAC, OTHER = "DC:2C:6E:81:CF:34", "02:00:00:00:00:09"
RAW = {
    **branch(2),
    "multiwan_uplinks": [uplink(1, label="Modem 1 is used again"), uplink(2, label="Serat – optik, 2")],
}
BRANCH = parse_branch(RAW, name="jakarta")


def said(message: str, time: str = "2026-11-22 06:59:00", topics: str = "script,warning") -> Line:
    return Line(time, topics, message)


@pytest.mark.parametrize(
    ("message", "kind", "uplink"),
    [
        ("multiwan: Serat – optik, 2 is not used now", "dead", "isp2"),
        ("multiwan: Serat – optik, 2 is used again", "alive", "isp2"),
        ("multiwan: Modem 1 is used again is used again", "alive", "isp1"),
        ("multiwan: Modem 1 is used again", "other", ""),  # no uplink of this name now
        (f"multiwan: rogue DHCP server on bridge, mac {MAC}, ip 10.0.0.1, port ether4", "rogue", ""),
        (f"multiwan: rogue DHCP server on bridge is gone, mac {MAC}", "rogue", ""),
        ("multiwan: a change was not confirmed in time and was taken back", "other", ""),
    ],
)
def test_lines_of_the_scripts_are_told(message: str, kind: str, uplink: str) -> None:
    (event,) = events([said(message)], BRANCH, CLOCK)
    text = message.removeprefix("multiwan: ")
    assert event == {"time": "2026-11-22T06:59:00Z", "kind": kind, "uplink": uplink, "text": text}


def test_these_are_the_words_that_the_scripts_log() -> None:
    script = fast_script.failover(BRANCH, Version(7, 22))
    assert '" is used again")' in script
    assert '" is not used now")' in script
    alert = alert_scripts.dhcp_alert("jakarta", "en", Version(7, 22), tells=False)
    assert '("multiwan: rogue DHCP server on " . $mwIf . ", mac " . $mwServer . ", ip " . $mwAddress)' in alert
    assert '("multiwan: rogue DHCP server on " . $mwIf . " is gone, mac " . $mwServer)' in alert


def test_links_of_uplinks_are_told_and_those_of_others_are_not() -> None:
    log = [
        said("ether1 link down", topics="interface,info"),
        said("ether7 link down", topics="interface,info"),
        said("ether2: link up (speed 1G, full duplex)", topics="interface,info"),
        said("ether1 link down", topics="script,info"),
        said("user admin logged in from 10.0.0.1 via api", topics="system,info,account"),
    ]
    assert [(event["kind"], event["uplink"]) for event in events(log, BRANCH, CLOCK)] == [
        ("other", "isp2"),
        ("other", "isp1"),
    ]


def test_the_newest_twenty_come_newest_first() -> None:
    log = [said(f"multiwan: number {number}") for number in range(MOST + 5)]
    found = events(log, BRANCH, CLOCK)
    assert [event["text"] for event in found] == [f"number {number}" for number in range(MOST + 4, 4, -1)]


def test_a_time_that_cannot_be_told_stays_as_the_router_said_it() -> None:
    (event,) = events([said("multiwan: x", time="soon")], BRANCH, CLOCK)
    assert event["time"] == "soon"


def test_line_breaks_within_a_message_are_blanks() -> None:
    rows = [Found("*1", {"time": "t", "topics": "dhcp,critical", "message": "dhcp alert on bridge:\n    discovered x"})]
    assert lines(rows)[0].message == "dhcp alert on bridge: discovered x"


def alert(interface: str, servers: str) -> Found:
    return Found("*1", {"interface": interface, "unknown-server": servers})


def test_a_rogue_server_has_segment_address_and_time() -> None:
    told = Found("*2", {"list": "mw-rogue", "comment": f"bridge {MAC}", "timeout": "3w6d23h30m"})
    log = [
        said(f"dhcp alert on bridge: discovered unknown dhcp server, mac {MAC.lower()}, ip 10.5.8.236", topics="dhcp"),
    ]
    found = rogues({ALERT: [alert("bridge", MAC.lower())], LISTS: [told]}, log, BRANCH, CLOCK)
    assert found == [
        {
            "segment": "office",
            "interface": "bridge",
            "mac": MAC,
            "address": "10.5.8.236",
            "time": "2026-11-22T06:30:00Z",
        }
    ]


def test_what_is_not_known_of_a_rogue_server_is_empty() -> None:
    """The lines have left the log, or the script had no address: its word for that depends on the language."""
    log = [said(f"multiwan: rogue DHCP server on bridge, mac {MAC}, ip tidak diketahui")]
    (found,) = rogues({ALERT: [alert("vlan9", MAC)]}, log, BRANCH, CLOCK)
    assert (found["segment"], found["address"], found["time"]) == ("", "", "")


def test_servers_of_one_row_are_all_told_and_each_once() -> None:
    router = {ALERT: [alert("bridge", f"{MAC},{OTHER}"), alert("bridge", MAC), alert("ether9", "")]}
    assert [one["mac"] for one in rogues(router, [], BRANCH, CLOCK)] == [MAC, OTHER]


def test_messages_that_wait_are_counted() -> None:
    rows = [Found(f"*{n}", {"list": name}) for n, name in enumerate(["mw-outbox", "mw-outbox", "mw-sent"])]
    assert waiting({LISTS: rows}) == 2
