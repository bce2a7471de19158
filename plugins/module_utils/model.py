# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a branch says, after parsing: every field exists, is typed and fits the others."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from .authorities import Authority
from .bandwidth_model import Bandwidth
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
class Uplink:
    """One internet line. ``position`` counts from 1 in the order of the file and never changes when one is appended.

    ``weight`` is relative: as given, or the download speed in bit/s, or 1 for all. ``metered``: new connections use it
    only when nothing else lives. ``download``, ``upload``: bit/s, where the branch says them.
    """

    position: int
    name: str
    label: str
    interface: str
    type: str
    address: IPv4Interface
    gateway: IPv4Address
    gate: IPv4Address
    weight: int
    priority: int
    anchors: tuple[IPv4Address, ...]
    probe: Probe
    metered: bool
    download: int | None = None
    upload: int | None = None

    @property
    def network(self) -> IPv4Network:
        """What is directly reachable on the line. Of a /32 that is the gateway alone."""
        return IPv4Network(self.gateway) if self.address.network.prefixlen == 32 else self.address.network

    @property
    def next_hop(self) -> str:
        """The gateway with its interface: two modems may have the same address."""
        return f"{self.gateway}%{self.interface}"


@dataclass(frozen=True)
class Segment:
    """One LAN or VLAN. ``valid_servers``: MAC addresses of DHCP servers that belong there, upper case, sorted."""

    name: str
    label: str
    interface: str
    vlan: int | None
    address: IPv4Interface
    pool: tuple[IPv4Address, IPv4Address] | None
    valid_servers: tuple[str, ...]
    uplink: str | None
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
class Branch:
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

    def uplink(self, name: str) -> Uplink:
        return next(uplink for uplink in self.uplinks if uplink.name == name)

    def segment(self, name: str) -> Segment:
        return next(segment for segment in self.segments if segment.name == name)

    @property
    def by_priority(self) -> tuple[Uplink, ...]:
        """Best first, metered ones last. Equal priorities keep the order of the file."""
        return tuple(sorted(self.uplinks, key=lambda uplink: (uplink.metered, uplink.priority, uplink.position)))
