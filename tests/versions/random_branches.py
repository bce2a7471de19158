# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any right branch, on the interfaces that the router of ``in_process.py`` has."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.unit.plugins.branches import branches
from tests.versions.in_process import PORTS

_LANS = ("bridge", "bridge-lan", "vlan20", "pppoe-out1")
_BYPASS = st.lists(
    st.sampled_from(("10.0.0.0/8", "10.20.0.0/16", "100.64.0.0/10", "198.18.0.7")), max_size=3, unique=True
)
#: Ports for a trunk and two clients.
_NEEDED = 3
_PINS = (
    {"dst_address": "198.18.3.0/24"},
    {"protocol": "tcp", "dst_port": "443,8000-8080"},
    {"protocol": "udp", "dst_port": "500"},
    {"src_address": "192.168.0.0/28", "protocol": "gre"},
)


def _pools(segment: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A DHCP server of the router, or none."""
    start = segment["address"].rpartition(".")[0]
    lease = {"mac": "02-00-00-00-00-77", "address": f"{start}.9", "name": "a printer"}
    pool = {"pool": f"{start}.10-{start}.99", "dns": ["9.9.9.9"], "lease_time": "12h", "leases": [lease]}
    return st.sampled_from([{}, {"pool": pool["pool"]}, pool])


def _on_a_bridge(draw: st.DrawFn, raw: dict[str, Any]) -> None:
    """Some segments on VLANs of a bridge that is there or not, with ports that no uplink has."""
    free = [f"ether{number}" for number in range(len(raw["multiwan_uplinks"]) + 1, PORTS + 1)]
    if len(free) < _NEEDED or not raw["multiwan_segments"] or not draw(st.booleans()):
        return
    raw["multiwan_bridge"] = {"name": draw(st.sampled_from(("bridge", "bridge-new"))), "trunks": [free[0]]}
    if draw(st.booleans()):
        raw["multiwan_bridge"] |= {"dhcp_snooping": True, "trusted": [free[0]]}
    chosen = raw["multiwan_segments"][: draw(st.integers(1, len(raw["multiwan_segments"])))]
    for number, segment in enumerate(chosen):
        del segment["interface"]
        segment["vlan"] = 40 + number
    chosen[0]["ports"] = free[1:3]


_RATES = {"download": "3M", "upload": "2M"}
_SHARES: tuple[dict[str, Any], ...] = (
    dict(_RATES),
    {"guaranteed": {"upload": "200k"}, "priority": 2},
    {**_RATES, "per_client": {"download": "1M"}, "burst": {"download": "5M"}, "internet_only": False},
    {"fair": "none"},
)


def _limited(draw: st.DrawFn, raw: dict[str, Any]) -> None:
    """Some segments with limits, on lines that say their speeds."""
    for uplink in raw["multiwan_uplinks"]:
        uplink |= {"download": f"{draw(st.integers(5, 50))}M", "upload": f"{draw(st.integers(5, 50))}M"}
    for segment in raw["multiwan_segments"]:
        if draw(st.booleans()):
            segment["bandwidth"] = draw(st.sampled_from(_SHARES))


@st.composite
def routers(draw: st.DrawFn, version: str, *, most: int = 16) -> dict[str, Any]:
    """Variables of a branch for a router of ``version``: everything that a branch can say, but for addresses that are
    chosen so that they fit together."""
    raw = draw(branches(most=most))
    for number, uplink in enumerate(raw["multiwan_uplinks"]):
        uplink["interface"] = f"ether{number + 1}" if number < PORTS else f"vlan{100 + number - PORTS}"
        if draw(st.booleans()):
            del uplink["weight"], uplink["priority"]
    if len({"weight" in uplink for uplink in raw["multiwan_uplinks"]}) > 1:
        for uplink in raw["multiwan_uplinks"]:
            uplink["weight"] = uplink.get("weight", 1)
    for segment, interface in zip(raw["multiwan_segments"], _LANS, strict=False):
        segment["interface"] = interface
        if draw(st.booleans()):
            segment["dhcp"] = {"valid_servers": ["DC:2C:6E:81:CF:34"], **draw(_pools(segment))}
        segment["isolated"] = draw(st.booleans())
    _on_a_bridge(draw, raw)
    if draw(st.booleans()):
        _limited(draw, raw)
    for pin in raw["multiwan_pins"]:
        if draw(st.booleans()):
            del pin["dst_address_list"]
            pin.update(draw(st.sampled_from(_PINS)))
    if draw(st.booleans()):
        raw["multiwan_bypass"] = draw(_BYPASS)
    if draw(st.booleans()):
        del raw["multiwan_telegram"]
    if version != "6.49" and draw(st.booleans()):
        raw["multiwan_probe"] |= {"loss": draw(st.integers(1, 99)), "latency": draw(st.integers(10, 5000))}
    return {**raw, "multiwan_routeros_version": version}
