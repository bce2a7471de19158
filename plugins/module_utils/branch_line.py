# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reads how an uplink is connected: what its type needs, and what it has no use for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Interface
from typing import Any

from .fields import Fields
from .model import UPLINK_TYPES, Dial, session_interface, vlan_interface
from .problems import show, show_secret

_STATIC, _DHCP, _PPPOE, _LTE = UPLINK_TYPES
#: Which types have a use for a key.
_ONLY = {
    "vlan": (_STATIC, _DHCP, _PPPOE),
    "address": (_STATIC,),
    "gateway": (_STATIC,),
    "onlink": (_STATIC,),
    "username": (_PPPOE,),
    "password": (_PPPOE,),
    "service": (_PPPOE,),
    "mtu": (_PPPOE,),
    "apn": (_LTE,),
}
_WITHOUT = {
    _STATIC: "a static line does not dial",
    _DHCP: "the ISP's DHCP server says what there is to say",
    _PPPOE: "the ISP gives address and gateway when the line dials",
    _LTE: "the modem gets its address from the network",
}
_APN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
#: Eight bytes of each 1500 are PPPoE's (RFC 2516); above only where the ISP carries longer frames (RFC 4638).
DEFAULT_MTU = 1492
_MTU = (576, 1500)
_LONGEST = 128


@dataclass(frozen=True)
class Line:
    """What was read. ``noted``: values for the checks that compare uplinks. ``complete``: nothing that the type needs
    is missing or wrong. ``type`` is empty when it is none."""

    type: str
    complete: bool
    port: str = ""
    interface: str = ""
    vlan: int | None = None
    address: IPv4Interface | None = None
    gateway: IPv4Address | None = None
    dial: Dial | None = None
    apn: str | None = None
    noted: Mapping[str, Any] = field(default_factory=dict)


def read_line(fields: Fields, name: str | None) -> Line:
    """``name``: of the uplink, where it is right: the interface of a PPPoE session is named after it."""
    kind = fields.read("type", _one_of, "one of " + ", ".join(UPLINK_TYPES)) or ("" if fields.has("type") else _STATIC)
    port = fields.interface()
    if not kind:
        return Line("", False, noted={"interface": port})
    _useless(fields, kind)
    vlan = fields.integer("vlan", 1, 4094) if kind in _ONLY["vlan"] else None
    vlan_right = vlan is not None or not fields.has("vlan") or kind == _LTE
    link = vlan_interface(port, vlan) if port and vlan_right else None
    line = _READERS[kind](fields, link)
    interface = link if kind != _PPPOE else (session_interface(name) if name and link else None)
    return Line(
        kind,
        bool(line.complete and interface),
        port=port or "",
        interface=interface or "",
        vlan=vlan,
        address=line.address,
        gateway=line.gateway,
        dial=line.dial,
        apn=line.apn,
        noted={"interface": interface, "port": port, "vlan": vlan, "type": kind, **line.noted},
    )


def _useless(fields: Fields, kind: str) -> None:
    for key, kinds in _ONLY.items():
        if fields.has(key) and kind not in kinds:
            seen = (show_secret if key == "password" else show)(fields.values[key])
            why = "a modem has no VLAN" if key == "vlan" else _WITHOUT[kind]
            allowed = f"nothing for type {kind}: {why} (it is for type {' or '.join(kinds)})"
            fields.problems.add(fields.at(key), seen, allowed)


def _static(fields: Fields, _unused: str | None) -> Line:
    address = fields.interface_address("address")
    gateway = fields.host("gateway")
    # what is neither true nor false is told once
    onlink = fields.boolean("onlink", fields.has("onlink"))
    if address is not None and gateway is not None:
        _check_gateway(fields, address, gateway, onlink=onlink)
    complete = address is not None and gateway is not None
    return Line(_STATIC, complete, address=address, gateway=gateway, noted={"address": address, "gateway": gateway})


def _check_gateway(fields: Fields, address: IPv4Interface, gateway: IPv4Address, *, onlink: bool) -> None:
    network = address.network
    if gateway == address.ip:
        fields.wrong("gateway", "another address than the router's own")
    elif network.prefixlen == 32:
        return  # nothing but the gateway is there
    elif gateway not in network:
        if not onlink:
            beyond = f"an address inside {network}; when the gateway really lies outside: onlink: true beside it"
            fields.wrong("gateway", beyond)
    elif network.prefixlen < 31 and gateway in (network[0], network[-1]):
        fields.wrong("gateway", f"a host address inside {network}")


def _dhcp(_fields: Fields, _unused: str | None) -> Line:
    return Line(_DHCP, True)


def _pppoe(fields: Fields, link: str | None) -> Line:
    username = fields.read("username", _text, "the name that the ISP gave, in quotes if it is a number", required=True)
    password = fields.values.get("password")
    right = isinstance(password, str) and _printable(password)
    if not right and fields.is_mapping:
        allowed = f"the password that the ISP gave, in quotes, 1 to {_LONGEST} characters (keep it in a vault)"
        fields.problems.add(fields.at("password"), show_secret(password), allowed)
    service = fields.read("service", _text, "the name of a PPPoE service, or nothing for any")
    mtu = fields.integer("mtu", *_MTU)
    if username is None or not right:
        return Line(_PPPOE, False)
    dial = Dial(username, str(password), service or "", DEFAULT_MTU if mtu is None else mtu)
    return Line(_PPPOE, True, dial=dial, noted={"username": f"{username} on {link}" if link else None})


def _lte(fields: Fields, _unused: str | None) -> Line:
    apn = fields.read("apn", _apn, "an APN such as internet: letters, digits, dots and dashes")
    return Line(_LTE, True, apn=apn)


_READERS: Mapping[str, Callable[[Fields, str | None], Line]] = {
    _STATIC: _static,
    _DHCP: _dhcp,
    _PPPOE: _pppoe,
    _LTE: _lte,
}


def _one_of(value: Any) -> str:
    if value not in UPLINK_TYPES:
        raise ValueError(value)
    return str(value)


def _printable(value: str) -> bool:
    return 1 <= len(value) <= _LONGEST and value.isprintable() and value == value.strip()


def _text(value: Any) -> str:
    if not isinstance(value, str) or not _printable(value):
        raise ValueError(value)
    return value


def _apn(value: Any) -> str:
    if not isinstance(value, str) or not _APN.fullmatch(value):
        raise ValueError(value)
    return value
