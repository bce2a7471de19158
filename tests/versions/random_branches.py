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
_PINS = (
    {"dst_address": "198.18.3.0/24"},
    {"protocol": "tcp", "dst_port": "443,8000-8080"},
    {"protocol": "udp", "dst_port": "500"},
    {"src_address": "192.168.0.0/28", "protocol": "gre"},
)


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
            segment["dhcp"] = {"valid_servers": ["DC:2C:6E:81:CF:34"]}
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
