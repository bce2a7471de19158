# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""RouterOS versions and what they can do. The only place that knows about them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_VERSION = re.compile(r"([0-9]+)\.([0-9]+)(?:\.([0-9]+))?(?:(?:alpha|beta|rc)[0-9]+)?(?: \([a-z -]+\))?")


@dataclass(frozen=True, order=True)
class Version:
    """A RouterOS version. A beta or rc counts as the release it leads to."""

    major: int
    minor: int
    patch: int = field(default=0)

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}" + (f".{self.patch}" if self.patch else "")


#: The last RouterOS 6, and the first and last 7 whose command trees were compared.
SIX = Version(6, 49)
OLDEST_SEVEN = Version(7, 9)
NEWEST = Version(7, 24, 99)
RANGE = f"{SIX} and {OLDEST_SEVEN} to {NEWEST.major}.{NEWEST.minor}"
SUPPORTED = f"a RouterOS version in quotes: {SIX}, or {OLDEST_SEVEN} to {NEWEST.major}.{NEWEST.minor}"


@dataclass(frozen=True)
class Feature:
    """Something that RouterOS has from ``since`` on. ``words``: how a person knows it."""

    since: Version
    words: str

    def on(self, version: Version) -> bool:
        return version >= self.since


#: Before: ``routing-mark=`` on routes, ``type=blackhole``, one object per gateway address (manual, "moving from v6").
TABLES = Feature(Version(7, 0), "routing tables (/routing/table)")
#: ``/tool/fetch output=none``; the manual of 6 has ``keep-result=no``.
FETCH_OUTPUT = Feature(Version(7, 0), "/tool/fetch output=none")
#: Before, netwatch tells up from down and measures nothing (changelog of 7.4).
NETWATCH_TYPES = Feature(Version(7, 4), "netwatch that measures loss and latency (type=icmp)")
#: The next two: seen first in the command trees of 7.11 and 7.13.
CONVERT = Feature(Version(7, 11), ":convert to=url")
ONERROR = Feature(Version(7, 13), ":onerror")
#: ``/certificate/builtin``, seen first in the command tree of 7.19.
BUILTIN_CA = Feature(Version(7, 19), "certificate authorities that it trusts by itself")

#: ``builtin-trust-store``, whose default includes fetch. 7.19 and 7.20 trust their built-in ones only when told to.
TRUSTED_CA = Feature(Version(7, 21), "certificate authorities that /tool/fetch trusts by itself")
#: ``/ip/dhcp-client default-route-tables=``, seen first in a command tree after 7.16; 7.18 by the manual.
DEFAULT_ROUTE_TABLES = Feature(Version(7, 18), "DHCP clients that put their default route into a table")
#: Seen in the oldest command tree of 7; a script of 6 makes a file with ``/file print file=``.
FILE_ADD = Feature(OLDEST_SEVEN, "/file add")
#: Kinds of ``/queue/type``: the command trees of 7 have them, 6 has bfifo, mq-pfifo, none, pcq, pfifo, red and sfq.
FAIR_QUEUES = Feature(Version(7, 0), "queues of the kinds fq-codel and cake")

#: Before, a VLAN interface on a bridge does not make the bridge a member of that VLAN (manual, bridge VLAN table).
BRIDGE_TAGGED_BY_VLAN = Feature(Version(7, 16), "a bridge that joins the VLANs of its VLAN interfaces by itself")

#: What a plan writes in other words where it is missing.
_WRITTEN = (TABLES, FETCH_OUTPUT, CONVERT, ONERROR)


def parse_version(text: str) -> Version:
    """``7.22``, ``7.22.3 (stable)``, ``7.24rc3``. Raises ``ValueError`` for anything else."""
    match = _VERSION.fullmatch(text.strip())
    if not match:
        raise ValueError(f"{text!r} is not a RouterOS version")
    major, minor, patch = match.groups()
    return Version(int(major), int(minor), int(patch or 0))


def is_supported(version: Version) -> bool:
    return (version.major == SIX.major and version >= SIX) or OLDEST_SEVEN <= version <= NEWEST


def planned_for(router: Version) -> Version:
    """What to plan for a router that runs ``router``: itself, or the newest that is known when it is newer.

    Raises ``ValueError`` with a sentence when it is too old.
    """
    version = min(router, NEWEST)
    if not is_supported(version):
        raise ValueError(f"the router runs RouterOS {router}; this collection supports {RANGE}")
    return router if version == router else Version(NEWEST.major, NEWEST.minor)


def lacks(planned: Version, router: Version) -> list[str]:
    """What a plan that was made for ``planned`` uses and ``router`` has not."""
    missing = [item.words for item in _WRITTEN if item.on(planned) and not item.on(router)]
    if TABLES.on(router) and not TABLES.on(planned):
        missing.append("marks on routes (routing-mark=), which RouterOS 7 replaced by tables")
    return missing
