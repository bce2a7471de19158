# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from lab.router.menus import joined


def test_version_6_shows_a_port_behind_its_address() -> None:
    assert joined(
        {"protocol": "udp", "src-address": "10.0.0.1", "src-port": "5", "dst-address": "8.8.8.8", "dst-port": "53"}
    ) == {"protocol": "udp", "src-address": "10.0.0.1:5", "dst-address": "8.8.8.8:53"}
    assert joined({"protocol": "icmp", "src-address": "10.0.0.1"}) == {"protocol": "icmp", "src-address": "10.0.0.1"}
