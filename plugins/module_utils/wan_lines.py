# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rows that make a line: VLAN, address, DHCP client, PPPoE session, APN of a modem. None of them lets RouterOS set a
default route in ``main``: that would lead past every gate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from . import lease_script, line_ways, names
from .model import Branch, Uplink
from .plan import Row
from .scripts import periodic, run_script
from .secret_values import gap, with_secrets
from .tags import ascii_label, owned, tag
from .versions import DEFAULT_ROUTE_TABLES, TABLES, Version

ROLE = "wan"
#: The script of leases may what netwatch's scripts may, and less.
_POLICY = "read,write"
#: Seconds between two looks at the leases, however the client's own event ended.
TICK_S = 5
#: Behind our own route of the same table, which knows the interface as well.
_OWN_TABLE_DISTANCE = 2
#: Seconds without a word of the ISP before RouterOS asks whether it is there. 10 is the default by two sources, one
#: page of the manual says 60, so it is said.
_KEEPALIVE_S = 10


def about(uplink: Uplink, purpose: str) -> str:
    """What people read beside a row of this line."""
    return f"{ascii_label(uplink.label)}: {purpose}"


def secret_name(uplink: str) -> str:
    """The name of the secret that is the password of a PPPoE line."""
    return f"pppoe_password_{uplink}"


def line_rows(branch: Branch, version: Version) -> Iterator[Row]:
    if any(uplink.dial for uplink in branch.uplinks):
        values = {"name": names.PPP_PROFILE, "change-tcp-mss": "yes"}
        yield owned("/ppp/profile", tag(ROLE, "pppoe"), "PPPoE: TCP fits into the session", values)
    for uplink in branch.uplinks:
        if uplink.vlan is not None:
            values = {"name": uplink.link, "interface": uplink.port, "vlan-id": str(uplink.vlan)}
            yield owned("/interface/vlan", tag(ROLE, uplink.name, "vlan"), about(uplink, "tagged line"), values)
        yield from _MAKERS[uplink.type](uplink, version)


def _static(uplink: Uplink, _version: Version) -> Iterator[Row]:
    """A /31 is written as two ends of a point-to-point line, which every version understands: whether RouterOS takes a
    /31 as such before 7.18 is not known."""
    if uplink.address is None:
        return
    values = {"address": str(uplink.address), "interface": uplink.interface}
    if uplink.address.network.prefixlen >= 31:
        values |= {"address": f"{uplink.address.ip}/32", "network": str(uplink.gateway)}
    yield owned("/ip/address", tag(ROLE, uplink.name), about(uplink, "address"), values)


def _dhcp(uplink: Uplink, version: Version) -> Iterator[Row]:
    """Its default route goes into the line's own table where the version can say so, for the time until ``mw-lease``
    has seen the lease. A client that is there (RouterOS allows one on an interface) is taken over as it is."""
    own = f"{names.uplink_table(uplink.name)}:{_OWN_TABLE_DISTANCE}"
    way = (
        {"add-default-route": "yes", "default-route-tables": own}
        if DEFAULT_ROUTE_TABLES.on(version)
        else {"add-default-route": "no"}
    )
    values = {
        "interface": uplink.interface,
        **way,
        "use-peer-dns": "no",
        "use-peer-ntp": "no",
        "script": lease_script.event(),
        "disabled": "no",
    }
    owner = tag(ROLE, uplink.name, "dhcp")
    yield owned("/ip/dhcp-client", owner, about(uplink, "address from the ISP"), values, claims=("interface",))


def _pppoe(uplink: Uplink, _version: Version) -> Iterator[Row]:
    dial = uplink.dial
    if dial is None:
        return
    secret = secret_name(uplink.name)
    values: dict[str, Any] = {
        "name": uplink.interface,
        "interface": uplink.link,
        "user": dial.username,
        "password": with_secrets(gap(secret), secret),
        **({"service-name": dial.service} if dial.service else {}),
        "profile": names.PPP_PROFILE,
        "max-mtu": str(dial.mtu),
        "max-mru": str(dial.mtu),
        "keepalive-timeout": str(_KEEPALIVE_S),
        "add-default-route": "no",
        "use-peer-dns": "no",
        "dial-on-demand": "no",
        "disabled": "no",
    }
    yield owned("/interface/pppoe-client", tag(ROLE, uplink.name, "pppoe"), about(uplink, "PPPoE session"), values)


def _lte(uplink: Uplink, version: Version) -> Iterator[Row]:
    """An APN without a name is the one that the network or the modem knows."""
    profile = names.uplink_table(uplink.name)
    values = {"name": profile, "add-default-route": "no", "use-peer-dns": "no"}
    if uplink.apn:
        values |= {"apn": uplink.apn, **({"use-network-apn": "no"} if TABLES.on(version) else {})}
    yield owned("/interface/lte/apn", tag(ROLE, uplink.name, "apn"), about(uplink, "APN"), values)
    modem = {"name": uplink.port, "apn-profiles": profile}
    owner, words = tag(ROLE, uplink.name, "lte"), about(uplink, "modem")
    yield owned("/interface/lte", owner, words, modem, claims=("name",), absent="refuse")


_MAKERS = {"static": _static, "dhcp": _dhcp, "pppoe": _pppoe, "lte": _lte}


def lease_rows(branch: Branch, version: Version) -> Iterator[Row]:
    """The script that follows the leases, where a line has one."""
    leased = [uplink for uplink in branch.uplinks if line_ways.is_leased(uplink)]
    if not leased:
        return
    name, owner = names.SCRIPT_LEASE, tag(ROLE, "lease")
    script = {"name": name, "source": lease_script.leases(leased, version), "policy": _POLICY}
    yield owned("/system/script", owner, "DHCP lines: routes follow the lease", script)
    values = periodic(name, f"{TICK_S}s", _POLICY, run_script(name))
    yield owned("/system/scheduler", owner, "DHCP lines: routes follow the lease, lost events", values)
