# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an LTE modem and its network say to each other: a stand-in for the signalling of a mobile network.

One JSON object in an Ethernet frame of its own type (0x88B5, IEEE 802's for local experiments), on the wire between
the router and its mobile operator. So whatever breaks that wire breaks the signalling.
"""

from __future__ import annotations

import json
from typing import Any

ETHERTYPE = 0x88B5
_BROADCAST = b"\xff" * 6
_HEADER = 14


def encode(mac: bytes, message: dict[str, Any]) -> bytes:
    body = json.dumps(message, separators=(",", ":")).encode()
    return _BROADCAST + mac + ETHERTYPE.to_bytes(2, "big") + len(body).to_bytes(2, "big") + body


def decode(frame: bytes) -> dict[str, Any] | None:
    """None for what is no message."""
    length = int.from_bytes(frame[_HEADER : _HEADER + 2], "big")
    try:
        message = json.loads(frame[_HEADER + 2 : _HEADER + 2 + length])
    except ValueError:
        return None
    return message if isinstance(message, dict) else None
