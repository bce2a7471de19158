# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.clients.conftest import RouterUnderTest

ROWS = (
    ("/ip/firewall/mangle", {"chain": "output", "action": "passthrough", "protocol": "icmp", "comment": "pings"}),
    ("/tool/netwatch", {"host": "192.168.1.1", "interval": "1s", "startup_delay": "0s", "comment": "modem"}),
    ("/queue/simple", {"name": "office", "target": "192.168.10.0/24", "max_limit": "5M/5M"}),
)


@pytest.fixture(scope="module")
def seen(router: RouterUnderTest) -> Iterator[Any]:
    for menu, values in ROWS:
        router.call(menu, "add", **values)
    wait_for_netwatch(router)
    router.run("routeros_api_client.py", ask="ping")
    yield router.run("mktxp_client.py")
    for menu, values in ROWS:
        ids = [row[".id"] for row in router.call(menu) if row.get("comment", row.get("name")) in values.values()]
        router.call(menu, "remove", **{".id": ",".join(ids)})


def wait_for_netwatch(router: RouterUnderTest) -> None:
    until = time.monotonic() + 150
    while router.call("/tool/netwatch")[0].get("status") != "up":
        assert time.monotonic() < until, router.call("/tool/netwatch")
        time.sleep(0.2)


def value(seen: Any, metric: str, /, **labels: str) -> float:
    """The one sample of a metric with these labels."""
    found = [sample for sample in seen["metrics"][metric] if labels.items() <= sample[0].items()]
    assert len(found) == 1, found
    return float(found[0][1])


def test_no_collector_meets_an_answer_that_it_does_not_understand(seen: Any) -> None:
    assert seen["said"] == []


def test_the_router_is_recognised(seen: Any, router: RouterUnderTest) -> None:
    assert value(seen, "mktxp_system_identity_info", name="jakarta") == 1
    assert value(seen, "mktxp_system_uptime", version=f"{router.version} (stable)") > 0
    assert value(seen, "mktxp_installed_packages_info", name="routeros", version=router.version) == 1


def test_counters_are_those_of_the_kernel(seen: Any) -> None:
    """Three pings of 56 bytes have left by ether1: an echo and its frame header each."""
    assert value(seen, "mktxp_interface_tx_packet_total", name="ether1") >= 3
    assert value(seen, "mktxp_interface_tx_byte_total", name="ether1") >= 3 * 70
    assert value(seen, "mktxp_interface_rx_packet_total", name="ether1") >= 3
    assert value(seen, "mktxp_firewall_mangle_total", name="| output | passthrough | pings | icmp") >= 3 * 56


def test_links_routes_pools_lists(seen: Any) -> None:
    assert value(seen, "mktxp_interface_running", name="ether1") == 1
    assert value(seen, "mktxp_interface_status", name="ether1") == 1
    assert value(seen, "mktxp_interface_actual_mtu", name="ether1") == 1500
    assert value(seen, "mktxp_routes_total_routes") >= 3
    assert value(seen, "mktxp_routes_protocol_count", protocol="static") >= 1
    assert value(seen, "mktxp_routes_protocol_count", protocol="connect") >= 2
    assert value(seen, "mktxp_ip_pool_total", pool="lan-pool") == 41
    assert value(seen, "mktxp_firewall_address_list_selected_count", list="admins") == 1


def test_netwatch_and_queues(seen: Any) -> None:
    assert value(seen, "mktxp_netwatch_status", name="192.168.1.1") == 1
    assert any(name.startswith("mktxp_queue_simple") for name in seen["metrics"])
