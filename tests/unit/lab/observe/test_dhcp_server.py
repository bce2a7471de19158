# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.derive.plan import DhcpPool
from lab.observe.dhcp_server import Lease, arguments, parse_leases
from lab.schema.snapshot import ConfigRow

POOL = DhcpPool("bridge", "dhcp1", "10.0.0.10", "10.0.0.20", 600)


def test_a_lease_file_is_read() -> None:
    text = "1790000000 02:00:00:00:00:0a 10.0.0.11 pc-1 01:02\n0 02:00:00:00:00:0b 10.0.0.12 * *\n"
    assert parse_leases("dhcp1", text) == (
        Lease("dhcp1", "10.0.0.11", "02:00:00:00:00:0A", "pc-1", 1790000000),
        Lease("dhcp1", "10.0.0.12", "02:00:00:00:00:0B", "", 0),
    )


@pytest.mark.parametrize("text", ["", "duid 00:01:00:01\n", "17900", "\n\n"])
def test_other_lines_are_no_leases(text: str) -> None:
    assert parse_leases("dhcp1", text) == ()


@given(st.integers(0, 10**8), st.integers(0, 10**8))
def test_the_time_left_is_what_it_says(now: int, expires: int) -> None:
    row = Lease("dhcp1", "10.0.0.11", "02:00:00:00:00:0A", "", expires or 1).row(now)
    assert ConfigRow(1, row).seconds("expires-after") == max(0, (expires or 1) - now)


def test_a_lease_for_ever_has_no_end() -> None:
    assert "expires-after" not in Lease("dhcp1", "10.0.0.11", "02:00:00:00:00:0A", "", 0).row(5)


def test_options_that_are_not_set_are_not_sent() -> None:
    # dnsmasq announces itself as router and resolver unless it is told an empty option
    found = arguments(POOL, Path("/x"))
    assert "--dhcp-option=3" in found
    assert "--dhcp-option=6" in found
    assert "--dhcp-range=10.0.0.10,10.0.0.20,600" in found


def test_a_server_is_bound_to_the_interface_of_its_pool_and_serves_no_dns() -> None:
    assert {"--interface=bridge", "--bind-interfaces", "--except-interface=lo", "--port=0"} <= set(
        arguments(POOL, Path("/x"))
    )


def test_options_that_are_set_are_sent() -> None:
    pool = DhcpPool("br", "d", "10.0.0.10", "10.0.0.20", 60, "10.0.0.1", ("1.1.1.1", "8.8.8.8"), "255.255.255.0")
    found = arguments(pool, Path("/x"))
    assert "--dhcp-option=3,10.0.0.1" in found
    assert "--dhcp-option=6,1.1.1.1,8.8.8.8" in found
    assert "--dhcp-range=10.0.0.10,10.0.0.20,255.255.255.0,60" in found


def test_several_ranges_and_static_leases_are_one_server() -> None:
    pool = replace(
        POOL, more=(("10.0.0.30", "10.0.0.31"),), hosts=(("02:00:00:00:00:01", "10.0.0.5"), ("02:00:00:00:00:02", ""))
    )
    found = arguments(pool, Path("/x"))
    assert {"--dhcp-range=10.0.0.10,10.0.0.20,600", "--dhcp-range=10.0.0.30,10.0.0.31,600"} <= set(found)
    assert {"--dhcp-host=02:00:00:00:00:01,10.0.0.5", "--dhcp-host=02:00:00:00:00:02,ignore"} <= set(found)


def test_a_server_without_a_pool_gives_only_what_is_static() -> None:
    pool = replace(POOL, start="", end="", network="10.0.0.0", netmask="255.255.255.0", authoritative=False)
    found = arguments(pool, Path("/x"))
    assert "--dhcp-range=10.0.0.0,static,255.255.255.0,600" in found
    assert "--dhcp-authoritative" not in found
