# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The menus of segments, as data (see ``menus.py``): bridge, its ports and VLANs, DHCP server, isolation.

Defaults: community.routeros ``_api_data.py``. Properties that are ``derived`` are never asked for by a plan; they stand
here so that a row which is made again by an undo is the one that it was.
"""

from __future__ import annotations

from . import value_forms as forms
from .menu_shape import Menu, Normalizer, texts

#: Before VLAN interfaces (14), lists (20) and addresses (30), which name what is made here.
_BRIDGE, _VLAN_TABLE, _PORT = 11, 12, 13
#: After addresses: a server on an interface without one is invalid. What a client is told comes before the server.
_POOL, _NETWORK, _SERVER, _LEASE = 31, 32, 33, 34
#: After the address lists (50) that its rows look into.
_RAW = 60
#: The switch of all ports at once comes last: until then the bridge carries everything as before.
_LAST = 94


def _flags(names: str) -> dict[str, Normalizer]:
    return dict.fromkeys(names.split(), forms.boolean)


_BRIDGE_MORE = {
    **texts("ageing-time arp arp-timeout ether-type forward-delay frame-types max-message-age mtu priority pvid"),
    **texts("protocol-mode transmit-hold-count"),
    **_flags("fast-forward igmp-snooping ingress-filtering"),
}
_PORT_MORE = {
    **texts("edge horizon learn multicast-router point-to-point priority"),
    **_flags("auto-isolate bpdu-guard broadcast-flood fast-leave hw restricted-role restricted-tcn tag-stacking"),
    **_flags("unknown-multicast-flood unknown-unicast-flood"),
}
_SERVER_MORE = {
    **texts("authoritative bootp-support delay-threshold dhcp-option-set insert-queue-before parent-queue relay"),
    **texts("server-address use-radius"),
    **_flags("add-arp always-broadcast conflict-detection"),
}

#: What ``raw`` matches in the command trees of 7.9 to 7.24; all are absent when unset, as in the other tables.
_RAW_MATCHERS: dict[str, Normalizer] = {
    **texts(
        "chain action address-list address-list-timeout comment content dscp dst-address-list dst-limit dst-port"
        " fragment hotspot icmp-options in-bridge-port in-bridge-port-list in-interface in-interface-list"
        " ingress-priority ipsec-policy ipv4-options jump-target limit log-prefix nth out-bridge-port"
        " out-bridge-port-list out-interface out-interface-list packet-mark packet-size per-connection-classifier port"
        " priority protocol psd random src-address-list src-mac-address src-port tcp-flags tcp-mss time tls-host ttl"
    ),
    "dst-address": forms.host,
    "src-address": forms.host,
    "dst-address-type": forms.word_set,
    "src-address-type": forms.word_set,
    "disabled": forms.boolean,
    "log": forms.boolean,
}

SEGMENT_MENUS: tuple[Menu, ...] = (
    Menu(
        "/interface/bridge",
        stage=_BRIDGE,
        properties={
            **texts("name admin-mac comment"),
            **_flags("auto-mac dhcp-snooping disabled vlan-filtering"),
            **_BRIDGE_MORE,
        },
        defaults={"vlan-filtering": "no", "dhcp-snooping": "no", "disabled": "no"},
        derived=frozenset({"admin-mac", "auto-mac", *_BRIDGE_MORE}),
        unique=("name",),
        late={"vlan-filtering": _LAST, "dhcp-snooping": _LAST},
        # A bridge that is there keeps the address that its neighbours know.
        unclaimed=frozenset({"admin-mac", "auto-mac"}),
    ),
    Menu(
        "/interface/bridge/vlan",
        stage=_VLAN_TABLE,
        properties={
            **texts("bridge vlan-ids comment"),
            "tagged": forms.word_set,
            "untagged": forms.word_set,
            "disabled": forms.boolean,
        },
        defaults={"tagged": "", "untagged": "", "disabled": "no"},
        unique=("bridge", "vlan-ids"),
        # Rows that "pvid" and VLAN interfaces (7.16) bring stand beside the one of a person.
        beside_dynamic=True,
    ),
    Menu(
        "/interface/bridge/port",
        stage=_PORT,
        properties={
            **texts("bridge interface pvid frame-types comment"),
            **_flags("ingress-filtering trusted disabled"),
            **_PORT_MORE,
        },
        # ingress-filtering: "no" in RouterOS 6, "yes" in 7. Written here as "no", so that a port of 7 which says "no"
        # by hand gets that back, too.
        defaults={
            "pvid": "1",
            "frame-types": "admit-all",
            "ingress-filtering": "no",
            "trusted": "no",
            "disabled": "no",
        },
        derived=frozenset({"ingress-filtering", *_PORT_MORE}),
        unique=("interface",),
    ),
    Menu(
        "/ip/pool",
        stage=_POOL,
        properties=texts("name ranges next-pool comment"),
        defaults={"next-pool": "none"},
        unique=("name",),
    ),
    Menu(
        "/ip/dhcp-server/network",
        stage=_NETWORK,
        properties={
            **texts("address gateway dns-server netmask domain boot-file-name dhcp-option dhcp-option-set comment"),
            **texts("next-server ntp-server wins-server"),
            "dns-none": forms.boolean,
        },
        defaults={
            **dict.fromkeys(("domain", "boot-file-name", "dhcp-option", "dhcp-option-set"), ""),
            **dict.fromkeys(("next-server", "ntp-server", "wins-server"), ""),
            "dns-none": "no",
        },
        derived=frozenset({"netmask", "dhcp-option-set", "next-server"}),
        unique=("address",),
    ),
    Menu(
        "/ip/dhcp-server",
        stage=_SERVER,
        properties={
            **texts("name interface address-pool comment"),
            "lease-time": forms.duration,
            "lease-script": forms.script,
            "disabled": forms.boolean,
            **_SERVER_MORE,
        },
        defaults={"lease-script": "", "disabled": "no"},
        derived=frozenset(_SERVER_MORE),
        # RouterOS lets several serve one interface through relays; a plan has one.
        unique=("interface",),
        long=frozenset({"lease-script"}),
    ),
    Menu(
        "/ip/dhcp-server/lease",
        stage=_LEASE,
        properties={**texts("address server comment"), "mac-address": forms.mac_set, "disabled": forms.boolean},
        defaults={"disabled": "no"},
        # Segments share no address, so a lease is known by it also when its server gets another name.
        unique=("address",),
        # A client that has an address already stands there as a row of the router's own.
        beside_dynamic=True,
        sparse_print=True,
    ),
    Menu(
        "/ip/firewall/raw",
        stage=_RAW,
        properties=_RAW_MATCHERS,
        defaults={"disabled": "no", "log": "no", "log-prefix": ""},
        unsettable=True,
        blank=frozenset({"address-list", "jump-target", "log-prefix"}),
        ordered=True,
        ordered_within="chain",
        # The chain is whole before anything jumps into it.
        stages_within={"prerouting": 1},
    ),
)
