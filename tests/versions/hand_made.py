# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a technician may have written into the menus that the collection writes, too: any row that a router takes.

A property that a version lacks is left out when the row is made. Nothing here reads the product's tables but the list
of its menus, so that a new one fails the tests until it has rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hypothesis import strategies as st

INTERFACES = ("ether1", "ether3", "ether8", "bridge", "bridge-lan", "vlan20", "vlan100", "pppoe-out1")
LISTS = ("hand-list-0", "hand-list-1", "all", "static")
TABLES = ("hand-table-0", "hand-table-1")
#: Comments that a careless owner of rows would take for his own.
NEARLY_OURS = (
    "[multiwan",
    "multiwan:pcc:isp1:0",
    "multiwan",
    "[multiwan:pcc:isp1:0] modem of the shop",
    "[multiwan:pcc:isp1:0].",
    "[Multiwan:pcc:isp1:0]",
    "[multiwan: pcc:isp1:0]",
    "[multiwan:pcc:isp1 0]",
    "[xmultiwan:pcc:isp1:0]",
    "(multiwan:pcc:isp1:0)",
    "[multiwan:]",
    "[]",
    "[foo:bar]",
    "[foo:pcc:isp1:0]",
    "ticket [4711]",
    "mw-isp1",
    "mw-classify",
    "-- row below is multiwan --",
)
#: Our own tag, on a row that the router made by itself: still not ours.
COPIED = ("Modem [multiwan:pcc:isp1:0]", "[multiwan:failover:isp1:gate1]")
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=60).filter(
    lambda text: not text.rstrip().endswith("]")
)
COMMENTS = st.one_of(st.just(""), st.sampled_from(NEARLY_OURS), TEXTS)
BOOLEANS = st.sampled_from(("yes", "no"))
ADDRESSES = st.builds("10.{}.{}.{}".format, st.integers(0, 255), st.integers(0, 255), st.integers(1, 254))
NETWORKS = st.builds("10.{}.{}.0/24".format, st.integers(0, 255), st.integers(0, 255))
DURATIONS = st.builds("{}{}".format, st.integers(1, 50), st.sampled_from(("s", "m", "h")))
CODE = st.one_of(st.sampled_from((":log info hand", "/system reboot", "{", ':put "$x"')), TEXTS)
POLICIES = st.sets(st.sampled_from(("read", "write", "test", "policy", "ftp")), min_size=1).map(",".join)


@dataclass(frozen=True)
class HandMade:
    """A row that somebody wrote by hand. ``place``: a number that chooses the row before which it is put, where order
    counts."""

    menu: str
    values: Mapping[str, str]
    place: int


def _names(prefix: str, count: int = 4) -> st.SearchStrategy[str]:
    return st.integers(0, count - 1).map(lambda number: f"{prefix}-{number}")


_RULE = {
    "src-address": NETWORKS,
    "dst-address": NETWORKS,
    "protocol": st.sampled_from(("tcp", "udp", "icmp")),
    "in-interface": st.sampled_from(INTERFACES),
    "out-interface-list": st.sampled_from(LISTS),
    "src-address-list": st.sampled_from(("admins", "!banks", "mw-bypass")),
    "connection-mark": st.sampled_from(("hand-mark", "!hand-mark", "no-mark", "mw-isp1")),
    "packet-size": st.just("0-512"),
    "log": BOOLEANS,
    "log-prefix": st.just("teknisi"),
    "disabled": BOOLEANS,
}
#: Menu to what a row must and what it may have.
ROWS: Mapping[str, tuple[Mapping[str, st.SearchStrategy[str]], Mapping[str, st.SearchStrategy[str]]]] = {
    "/routing/table": ({"name": _names("hand-table")}, {"fib": st.just(""), "disabled": BOOLEANS}),
    "/interface/vlan": (
        {"name": _names("hand-vlan"), "interface": st.just("ether8"), "vlan-id": st.integers(2000, 2009).map(str)},
        {"mtu": st.just("1400"), "disabled": BOOLEANS},
    ),
    "/ppp/profile": ({"name": _names("hand-profile")}, {"change-tcp-mss": BOOLEANS}),
    "/interface/pppoe-client": (
        {"name": _names("hand-pppoe"), "interface": st.sampled_from(("ether1", "ether8")), "user": st.just("hand")},
        {"password": st.just("of the hand"), "add-default-route": BOOLEANS, "max-mtu": st.just("1480")},
    ),
    "/interface/lte/apn": ({"name": _names("hand-apn"), "apn": st.just("hand")}, {"use-peer-dns": BOOLEANS}),
    "/ip/dhcp-client": (
        {"interface": st.sampled_from(("vlan110", "vlan111"))},
        {"add-default-route": BOOLEANS, "use-peer-dns": BOOLEANS, "disabled": BOOLEANS},
    ),
    "/queue/type": ({"name": _names("hand-type"), "kind": st.just("pcq")}, {"pcq-rate": st.just("1M")}),
    "/queue/simple": (
        {"name": _names("hand-queue"), "target": NETWORKS},
        {"max-limit": st.just("1M/2M"), "priority": st.just("3/3"), "disabled": BOOLEANS},
    ),
    "/interface/bridge": (
        {"name": _names("hand-bridge")},
        {"vlan-filtering": BOOLEANS, "dhcp-snooping": BOOLEANS, "pvid": st.just("7"), "disabled": BOOLEANS},
    ),
    "/interface/bridge/vlan": (
        {"bridge": st.just("hand-bridge-0"), "vlan-ids": st.sampled_from(("5", "6-9", "40"))},
        {"tagged": st.sampled_from(("hand-bridge-0", "vlan114")), "disabled": BOOLEANS},
    ),
    "/interface/bridge/port": (
        {"bridge": st.just("hand-bridge-0"), "interface": st.sampled_from(("vlan114", "vlan115"))},
        {"pvid": st.just("5"), "trusted": BOOLEANS, "horizon": st.just("1"), "disabled": BOOLEANS},
    ),
    "/ip/pool": ({"name": _names("hand-pool"), "ranges": st.just("10.9.0.2-10.9.0.9")}, {"next-pool": st.just("none")}),
    "/ip/dhcp-server/network": (
        {"address": NETWORKS},
        {"gateway": ADDRESSES, "dns-server": ADDRESSES, "domain": st.just("hand.example")},
    ),
    "/ip/dhcp-server": (
        {"name": _names("hand-server"), "interface": st.sampled_from(INTERFACES)},
        {"lease-time": DURATIONS, "lease-script": CODE, "authoritative": st.just("no"), "disabled": BOOLEANS},
    ),
    "/ip/dhcp-server/lease": (
        {"address": ADDRESSES, "mac-address": st.just("02:00:00:00:00:78")},
        {"rate-limit": st.just("1M/1M"), "disabled": BOOLEANS},
    ),
    "/interface/list": ({"name": _names("hand-list")}, {"include": st.just("static"), "exclude": st.just("dynamic")}),
    "/interface/list/member": (
        {"list": st.sampled_from(LISTS[:2]), "interface": st.sampled_from(INTERFACES)},
        {"disabled": BOOLEANS},
    ),
    "/ip/address": (
        {"address": ADDRESSES.map("{}/24".format), "interface": st.sampled_from(INTERFACES)},
        {"disabled": BOOLEANS},
    ),
    "/ip/firewall/nat": (
        {
            "chain": st.sampled_from(("srcnat", "dstnat", "hand-chain")),
            "action": st.sampled_from(("masquerade", "accept", "return")),
        },
        {**_RULE, "randomise-ports": BOOLEANS},
    ),
    "/ip/route": (
        {
            "dst-address": st.one_of(st.just("0.0.0.0/0"), NETWORKS),
            "gateway": st.one_of(
                ADDRESSES, st.sampled_from(INTERFACES), st.builds("{}%{}".format, ADDRESSES, st.just("ether3"))
            ),
        },
        {
            "distance": st.integers(1, 255).map(str),
            "check-gateway": st.sampled_from(("ping", "arp")),
            "scope": st.just("20"),
            "target-scope": st.just("11"),
            "routing-table": st.sampled_from(("main", *TABLES)),
            "routing-mark": _names("hand-mark"),
            "disabled": BOOLEANS,
        },
    ),
    "/ip/firewall/address-list": (
        {
            "list": st.sampled_from(("admins", "banks", "mw-bypass", "mw-hand")),
            "address": st.one_of(ADDRESSES, NETWORKS),
        },
        {"disabled": BOOLEANS, "timeout": st.just("1d")},
    ),
    "/ip/firewall/filter": (
        {
            "chain": st.sampled_from(("input", "forward", "hand-chain")),
            "action": st.sampled_from(("accept", "drop", "return")),
        },
        {**_RULE, "connection-state": st.just("established,related")},
    ),
    "/ip/firewall/raw": (
        {
            "chain": st.sampled_from(("prerouting", "output", "hand-chain", "mw-isolated")),
            "action": st.sampled_from(("accept", "drop", "notrack", "return")),
        },
        {name: value for name, value in _RULE.items() if name != "connection-mark"},
    ),
    "/system/script": (
        {"name": _names("hand-script"), "source": CODE},
        {"policy": POLICIES, "dont-require-permissions": BOOLEANS},
    ),
    "/system/scheduler": (
        {"name": _names("hand-schedule")},
        {"interval": DURATIONS, "on-event": CODE, "policy": POLICIES, "disabled": BOOLEANS},
    ),
    "/ip/dhcp-server/alert": (
        {"interface": st.sampled_from(INTERFACES)},
        {
            "on-alert": CODE,
            "valid-server": st.just("DC:2C:6E:81:CF:34"),
            "alert-timeout": st.sampled_from(("none", "10m")),
            "disabled": BOOLEANS,
        },
    ),
    "/ip/firewall/mangle": (
        {
            "chain": st.sampled_from(
                ("prerouting", "forward", "output", "postrouting", "hand-chain", "mw-classify", "mw-route")
            ),
            "action": st.sampled_from(("accept", "mark-connection", "mark-packet", "return", "log")),
        },
        {
            **_RULE,
            "new-connection-mark": st.just("hand-mark"),
            "new-packet-mark": st.just("hand-mark"),
            "per-connection-classifier": st.just("both-addresses:2/0"),
            "passthrough": BOOLEANS,
            "connection-state": st.just("new"),
        },
    ),
    "/tool/netwatch": (
        {"host": ADDRESSES},
        {
            "interval": DURATIONS,
            "timeout": st.just("900ms"),
            "up-script": CODE,
            "down-script": CODE,
            "type": st.sampled_from(("simple", "icmp")),
            "name": _names("hand-probe"),
            "disabled": BOOLEANS,
        },
    ),
}


@st.composite
def hand_made(draw: st.DrawFn, *, each: int = 3) -> list[HandMade]:
    """Up to ``each`` rows of every menu, tables and lists first, since others name them."""
    rows = [
        *(HandMade("/routing/table", {"name": name, "fib": ""}, 0) for name in TABLES),
        *(HandMade("/interface/list", {"name": name}, 0) for name in LISTS[:2]),
        HandMade("/interface/bridge", {"name": "hand-bridge-0"}, 0),
    ]
    for menu, (needed, possible) in ROWS.items():
        for _ in range(draw(st.integers(0, each))):
            chosen = draw(st.sets(st.sampled_from(sorted(possible)), max_size=4))
            values = {name: draw(value) for name, value in needed.items()}
            values |= {name: draw(possible[name]) for name in sorted(chosen)}
            passing = menu == "/ip/firewall/address-list" and "timeout" in values
            values["comment"] = draw(st.sampled_from(COPIED) if passing else COMMENTS)
            rows.append(HandMade(menu, values, draw(st.integers(0, 1000))))
    return rows
