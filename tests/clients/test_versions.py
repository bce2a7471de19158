# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The clients that ask for the most different things, on the oldest and the newest RouterOS 7 of the lab."""

from __future__ import annotations

import pytest

from tests.clients.conftest import Start

VERSIONS = ("7.9", "7.24")


@pytest.mark.parametrize("version", VERSIONS)
def test_librouteros(start: Start, version: str) -> None:
    seen = start(version).run("librouteros_client.py")
    assert seen["resource"]["version"] == f"{version} (stable)"
    assert seen["edit"]["left"] == []
    assert seen["mistakes"]["after"] == "jakarta"


@pytest.mark.parametrize("version", VERSIONS)
def test_napalm(start: Start, version: str) -> None:
    """Below 7.13 the configuration comes over SSH, from then on from a file over the API."""
    seen = start(version).run("napalm_client.py")
    assert seen["get_facts"]["os_version"] == f"{version} (stable)"
    assert "name=jakarta" in seen["config"]
    assert seen["ping"]["success"]["packet_loss"] == 0


@pytest.mark.parametrize("version", VERSIONS)
def test_netmiko(start: Start, version: str) -> None:
    command = "/interface print terse without-paging"
    seen = start(version).run("netmiko_client.py", commands=[command])
    assert "ether1" in [row["name"] for row in seen["parsed"][command]]
