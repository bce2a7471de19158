# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a branch says, after parsing: every field exists, is typed and fits the others."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from .authorities import Authority
from .bandwidth_model import Bandwidth
from .segments_model import Bridge, Dhcp
from .traffic_model import AddressList, Entry, Forward
from .versions import Version

MODES = ("balance", "failover")
#: Hash inputs of the PCC matcher. Exactly nine: the manual's page on the per-connection-classifier.
CLASSIFIERS = (
    "both-addresses",
    "both-addresses-and-ports",
    "both-ports",
    "dst-address",
    "dst-address-and-port",
    "dst-port",
    "src-address",
    "src-address-and-port",
    "src-port",
)
LANGUAGES = ("id", "en")
UPLINK_TYPES = ("static", "dhcp", "pppoe", "lte")
#: What becomes of FastTrack rules of somebody else; fasttrack.py has what each means.
FASTTRACK = ("keep off marked connections", "primary only", "remove")
MAX_UPLINKS = 16
DEFAULT_API_URL = "https://api.telegram.org"


@dataclass(frozen=True)
class Probe:
    """How a line is watched.

    ``interval_s``: seconds between two checks of an anchor. ``good_checks``: good ones in a row before a line is used
    again. ``quorum``: anchors that must answer. ``loss``: per cent lost above which a line is poor; ``latency_ms``:
    mean round trip above which it is poor; ``None``: never.
    """

    interval_s: int
    good_checks: int
    quorum: int
    loss: int | None
    latency_ms: int | None


@dataclass(frozen=True)
class Dial:
    """How a PPPoE session is opened. ``service``: empty for any. ``mtu``: bytes of a packet inside the session."""

    username: str
    password: str = field(repr=False)
    service: str
    mtu: int


@dataclass(frozen=True)
class Uplink:
    """One internet line. ``position`` counts from 1 in the order of the file and never changes when one is appended.

    ``weight`` is relative: as given, or the download speed in bit/s, or 1 for all. ``metered``: new connections use it
    only when nothing else lives. ``download``, ``upload``: bit/s, where the branch says them.

    ``interface`` is the one that has the address: of a line on a VLAN the VLAN's, of PPPoE the session's. ``port`` is
    what the file names. ``address`` and ``gateway``: known beforehand for a static line only. ``dial``: of PPPoE.
    ``apn``: of LTE, where the branch says one.
    """

    position: int
    name: str
    label: str
    interface: str
    type: str
    address: IPv4Interface | None
    gateway: IPv4Address | None
    gate: IPv4Address
    weight: int
    priority: int
    anchors: tuple[IPv4Address, ...]
    probe: Probe
    metered: bool
    download: int | None = None
    upload: int | None = None
    port: str = ""
    vlan: int | None = None
    dial: Dial | None = None
    apn: str | None = None

    @property
    def link(self) -> str:
        """The interface that frames leave by: the port, or the VLAN on it."""
        return vlan_interface(self.port, self.vlan)

    @property
    def networks(self) -> tuple[IPv4Network, ...]:
        """What is directly reachable on a static line; of a /32, and beyond its network, the gateway alone."""
        if self.address is None or self.gateway is None:
            return ()
        gateway, own = IPv4Network(self.gateway), self.address.network
        if own.prefixlen == 32:
            return (gateway,)
        return (own,) if self.gateway in own else (own, gateway)


def vlan_interface(port: str, vlan: int | None) -> str:
    """The name of the VLAN interface that is made on a port; the port itself without a VLAN."""
    return port if vlan is None else f"{port}-vlan{vlan}"


def session_interface(uplink: str) -> str:
    """The name of the interface that is made for a PPPoE session."""
    return f"pppoe-{uplink}"


@dataclass(frozen=True)
class Segment:
    """One LAN or VLAN. ``valid_servers``: MAC addresses of DHCP servers that belong there, upper case, sorted.

    ``ports``: of the bridge, without tags. ``isolated``: its clients see the internet only.
    """

    name: str
    label: str
    interface: str
    vlan: int | None
    address: IPv4Interface
    valid_servers: tuple[str, ...]
    uplink: str | None
    dhcp: Dhcp | None = None
    ports: tuple[str, ...] = ()
    isolated: bool = False
    bandwidth: Bandwidth | None = None


@dataclass(frozen=True)
class Pin:
    """Connections that begin with one uplink. ``fallback``: they may move to another when it is dead.

    ``kind``: ``pin`` when written as one, ``segment`` when a segment named its uplink.
    """

    name: str
    uplink: str
    fallback: bool
    kind: str = "pin"
    segment: str | None = None
    src_address: IPv4Network | None = None
    src_address_list: str | None = None
    dst_address: IPv4Network | None = None
    dst_address_list: str | None = None
    protocol: str | None = None
    dst_port: str | None = None


@dataclass(frozen=True)
class Telegram:
    """Where messages go. ``bot_token`` is the only secret of a branch. ``authorities``: what the branch says, not the
    one that old versions are given by themselves."""

    bot_token: str
    chat_id: str
    language: str
    api_url: str
    authorities: tuple[Authority, ...] = ()

    def __repr__(self) -> str:
        return f"Telegram(chat_id={self.chat_id!r}, language={self.language!r})"


@dataclass(frozen=True)
class Place:
    """Where a branch is on the map, in degrees (WGS 84)."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class Branch:
    """``label`` and ``place`` are for people only: no row depends on them. ``label``: the name where there is none."""

    name: str
    version: Version
    mode: str
    classifier: str
    uplinks: tuple[Uplink, ...]
    segments: tuple[Segment, ...]
    bypass: tuple[IPv4Network, ...]
    pins: tuple[Pin, ...]
    telegram: Telegram | None
    fast: bool
    fasttrack: str | None = None
    bridge: Bridge | None = None
    address_lists: tuple[AddressList, ...] = ()
    public_addresses: tuple[Entry, ...] = ()
    forwards: tuple[Forward, ...] = ()
    label: str = ""
    place: Place | None = None

    def uplink(self, name: str) -> Uplink:
        return next(uplink for uplink in self.uplinks if uplink.name == name)

    def segment(self, name: str) -> Segment:
        return next(segment for segment in self.segments if segment.name == name)

    @property
    def by_priority(self) -> tuple[Uplink, ...]:
        """Best first, metered ones last. Equal priorities keep the order of the file."""
        return tuple(sorted(self.uplinks, key=lambda uplink: (uplink.metered, uplink.priority, uplink.position)))
