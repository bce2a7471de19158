# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The RouterOS menus that the collection writes, as data.

Argument names come from the command trees of RouterOS 7.9 to 7.24 (tikoci/restraml ``/console/inspect`` dumps), those
of 6.49 and the defaults from community.routeros ``_api_data.py`` and the MikroTik manual. Only writable properties
stand here: whatever else a print reports (counters, flags, learned values) is run-time state and never drift.
"""

from __future__ import annotations

from . import value_forms as forms
from .menu_shape import Menu, Normalizer, canonical
from .menu_shape import texts as _texts
from .menus_queue import QUEUE_MENUS
from .menus_segments import SEGMENT_MENUS
from .menus_uplinks import UPLINK_MENUS
from .versions import TABLES, Version

__all__ = ["BY_PATH", "MENUS", "Menu", "canonical", "menu"]

# Matchers that mangle and nat share, RouterOS 7.22.3. All are absent when unset (API records in the documentation of
# terraform-provider-routeros), so one that somebody adds by hand to an owned row shows as a difference.
_MATCHERS: dict[str, Normalizer] = {
    **_texts(
        "chain action address-list address-list-timeout comment connection-bytes connection-limit connection-mark"
        " connection-rate connection-type content dscp dst-address-list dst-limit dst-port fragment hotspot"
        " icmp-options in-bridge-port in-bridge-port-list in-interface in-interface-list ingress-priority ipsec-policy"
        " ipv4-options jump-target layer7-protocol limit log-prefix nth out-bridge-port out-bridge-port-list"
        " out-interface out-interface-list packet-mark packet-size per-connection-classifier port priority protocol psd"
        " random realm routing-mark src-address-list src-mac-address src-port tcp-mss time ttl"
    ),
    "dst-address": forms.host,
    "src-address": forms.host,
    "dst-address-type": forms.word_set,
    "src-address-type": forms.word_set,
    "disabled": forms.boolean,
    "log": forms.boolean,
}

#: Not among the names that ``unset`` takes in the command trees of 7.9 to 7.24.
_NO_UNSET = frozenset({"address-list", "jump-target", "log-prefix"})

_POLICIES = "ftp,reboot,read,write,policy,test,password,sniff,sensitive,romon"

_COMMON: tuple[Menu, ...] = (
    Menu(
        "/routing/table",
        stage=10,
        properties={**_texts("name comment fib"), "disabled": forms.boolean},
        defaults={"disabled": "no"},
        switches=frozenset({"fib"}),
        unsettable=True,
        unique=("name",),
        since=TABLES.since,
    ),
    Menu(
        "/interface/list",
        stage=20,
        properties={**_texts("name comment"), "include": forms.word_set, "exclude": forms.word_set},
        defaults={"include": "", "exclude": ""},
        unique=("name",),
    ),
    Menu(
        "/interface/list/member",
        stage=21,
        properties={**_texts("list interface comment"), "disabled": forms.boolean},
        defaults={"disabled": "no"},
        unique=("list", "interface"),
    ),
    Menu(
        "/ip/address",
        stage=30,
        properties={
            **_texts("interface network netmask broadcast comment"),
            "address": forms.text,
            "disabled": forms.boolean,
        },
        defaults={"disabled": "no"},
        # The router works these out of address=a.b.c.d/n.
        derived=frozenset({"network", "netmask", "broadcast"}),
        unique=("address", "interface"),
    ),
    Menu(
        "/ip/firewall/nat",
        # before any route: no packet leaves by a new line with an address of the inside
        stage=35,
        properties={
            **_MATCHERS,
            **_texts("to-addresses to-ports"),
            "randomise-ports": forms.boolean,
            "same-not-by-dst": forms.boolean,
        },
        defaults={
            "disabled": "no",
            "log": "no",
            "log-prefix": "",
            "randomise-ports": "no",
            "same-not-by-dst": "no",
        },
        later={"randomise-ports": Version(7, 12)},  # in the tree of 7.12, not in that of 7.9
        unsettable=True,
        blank=_NO_UNSET,
        ordered=True,
        ordered_within="chain",
    ),
    Menu(
        "/ip/route",
        stage=40,
        properties={
            **_texts(
                "distance scope target-scope pref-src routing-table routing-mark type check-gateway vrf-interface"
                " comment"
            ),
            "dst-address": forms.prefix,
            "gateway": forms.gateway,
            "blackhole": forms.text,
            "disabled": forms.boolean,
        },
        # The manual's "routing decision" page: a static route has distance 1, scope 30, target-scope 10.
        defaults={
            "dst-address": "0.0.0.0/0",
            "distance": "1",
            "scope": "30",
            "target-scope": "10",
            "routing-table": "main",
            "routing-mark": "",
            "type": "unicast",
            "check-gateway": "none",
            "pref-src": "",
            "gateway": "",
            "disabled": "no",
        },
        switches=frozenset({"blackhole"}),
        derived=frozenset({"vrf-interface"}),
        unsettable=True,
        # What moves the router's own way out comes last: by then every running connection is remembered with the line
        # that it uses, so that it stays there.
        late_stage=90,
        late_by_default=frozenset({"dst-address", "routing-table", "routing-mark"}),
        # Fields of 6.49: community.routeros ``_api_data.py`` and printed routes in ntc-templates.
        until={"routing-mark": TABLES.since, "type": TABLES.since},
        later=dict.fromkeys(("routing-table", "blackhole", "vrf-interface"), TABLES.since),
        # A router with a full table has a million rows; printing the properties that we compare is what it can bear.
        sparse_print=True,
        watched=("active",),
    ),
    Menu(
        "/ip/firewall/address-list",
        stage=50,
        properties={**_texts("list timeout comment"), "address": forms.host, "disabled": forms.boolean},
        defaults={"disabled": "no", "timeout": ""},
        unique=("list", "address"),
        sparse_print=True,
    ),
    Menu(
        "/system/script",
        stage=70,
        properties={
            **_texts("name owner comment"),
            "source": forms.script,
            "policy": forms.word_set,
            "dont-require-permissions": forms.boolean,
        },
        defaults={"policy": _POLICIES, "dont-require-permissions": "no", "source": ""},
        derived=frozenset({"owner"}),
        unique=("name",),
        long=frozenset({"source"}),
    ),
    Menu(
        "/system/scheduler",
        stage=71,
        properties={
            **_texts("name start-date start-time comment"),
            "interval": forms.duration,
            "on-event": forms.script,
            "policy": forms.word_set,
            "disabled": forms.boolean,
        },
        defaults={"interval": "0s", "policy": _POLICIES, "disabled": "no", "on-event": ""},
        # Left out of an add, they become the moment of the add.
        derived=frozenset({"start-date", "start-time"}),
        unique=("name",),
        long=frozenset({"on-event"}),
    ),
    Menu(
        "/ip/dhcp-server/alert",
        stage=72,
        properties={
            **_texts("interface comment"),
            "alert-timeout": forms.duration,
            "on-alert": forms.script,
            "valid-server": forms.mac_set,
            "disabled": forms.boolean,
        },
        defaults={"alert-timeout": "1h", "on-alert": "", "valid-server": "", "disabled": "no"},
        long=frozenset({"on-alert"}),
    ),
    Menu(
        # Only claims on FastTrack rules of somebody else (fasttrack.py): what keeps a packet out of it comes before the
        # rows that give it a mark.
        "/ip/firewall/filter",
        stage=79,
        properties={
            # what is claimed, and what the preflight and a takeover look at
            **_texts(
                "chain action comment connection-mark routing-mark protocol src-port dst-port"
                " in-interface out-interface in-interface-list out-interface-list src-address-list dst-address-list"
            ),
            **dict.fromkeys(("src-address", "dst-address"), forms.host),
            "connection-state": forms.word_set,
            "disabled": forms.boolean,
        },
        defaults={"disabled": "no"},
        unsettable=True,
        ordered=True,
        ordered_within="chain",
        sparse_print=True,
    ),
    Menu(
        "/ip/firewall/mangle",
        stage=80,
        properties={
            **_MATCHERS,
            **_texts(
                "connection-nat-state new-connection-mark new-dscp new-mss new-packet-mark new-priority"
                " new-routing-mark new-ttl route-dst sniff-id sniff-target sniff-target-port tcp-flags tls-host"
            ),
            "connection-state": forms.word_set,
            "passthrough": forms.boolean,
        },
        # passthrough: absent before 7.19, "true" from 7.19 on (changelog of community.routeros).
        defaults={"disabled": "no", "log": "no", "log-prefix": "", "passthrough": "yes"},
        unsettable=True,
        blank=_NO_UNSET | {"new-connection-mark", "new-packet-mark"},
        ordered=True,
        ordered_within="chain",
        # Custom chains (0) hold the work and are reached only by the jumps of prerouting and forward.
        stages_within={"output": 1, "forward": 2, "prerouting": 3},
    ),
    Menu(
        "/tool/netwatch",
        # Last: what its scripts act on is there, and goes only after it is gone.
        stage=95,
        properties={
            **_texts("host type packet-count src-address name comment"),
            **dict.fromkeys(
                (
                    *("interval", "timeout", "start-delay", "startup-delay", "packet-interval"),
                    *("thr-avg", "thr-max", "thr-jitter", "thr-stdev"),
                ),
                forms.duration,
            ),
            "thr-loss-percent": forms.percent,
            "thr-loss-count": forms.text,
            "check-certificate": forms.boolean,
            "up-script": forms.script,
            "down-script": forms.script,
            "test-script": forms.script,
            "disabled": forms.boolean,
        },
        # The manual's page on netwatch; the interval of RouterOS 6 is another one, so a plan always says it.
        defaults={
            "type": "simple",
            "disabled": "no",
            "check-certificate": "no",
            "start-delay": "3s",
            "startup-delay": "5m",
            "packet-count": "10",
            "packet-interval": "50ms",
            "thr-avg": "100ms",
            "thr-max": "1s",
            "thr-jitter": "1s",
            "thr-stdev": "250ms",
            "thr-loss-percent": "85",
            "thr-loss-count": "4294967295",
            "up-script": "",
            "down-script": "",
            "test-script": "",
        },
        unsettable=True,
        long=frozenset({"up-script", "down-script", "test-script"}),
        # Fields of 6.49 are host, interval, timeout, the two scripts, comment and disabled (manual of RouterOS 6).
        later={
            **dict.fromkeys(
                (
                    *("type", "packet-count", "packet-interval", "name"),
                    *("check-certificate", "start-delay", "startup-delay", "test-script"),
                    *("thr-avg", "thr-max", "thr-jitter", "thr-stdev", "thr-loss-percent", "thr-loss-count"),
                ),
                TABLES.since,
            ),
            "src-address": Version(7, 12),  # in the tree of 7.12, not in that of 7.9
        },
    ),
)

#: In the order of their stages.
MENUS: tuple[Menu, ...] = tuple(
    sorted((*_COMMON, *UPLINK_MENUS, *SEGMENT_MENUS, *QUEUE_MENUS), key=lambda one: one.stage)
)
BY_PATH: dict[str, Menu] = {menu.path: menu for menu in MENUS}


def menu(path: str) -> Menu:
    """The menu at ``path``; ``KeyError`` with a sentence when the collection does not write it."""
    try:
        return BY_PATH[path]
    except KeyError:
        raise KeyError(f"{path} is not among the menus that this collection writes") from None
