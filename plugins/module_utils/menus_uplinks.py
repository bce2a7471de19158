# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The menus of lines that get their address from the ISP, and of VLAN interfaces, as data (see ``menus.py``).

``/ppp/profile`` and ``/interface/lte`` are not among the command trees; their names come from community.routeros
``_api_data.py`` and the manual's pages on PPP AAA and LTE, so only the few that are written stand here.
"""

from __future__ import annotations

from . import value_forms as forms
from .menu_shape import Menu, texts
from .versions import DEFAULT_ROUTE_TABLES, TABLES, Version

#: Lines and tunnels come before the lists, addresses and routes that name them.
_VLAN, _PROFILE, _PPPOE, _APN, _LTE = 14, 15, 16, 17, 18
#: A DHCP client gets its address when the routes are there, and ``mw-lease``, which its lease calls: without them the
#: line would count as dead until the next tick, be told so, and have to prove itself again. Before what watches lines.
_CLIENT = 73
#: What moves a line that carries traffic now comes last, and is given back first.
_LAST = 94

UPLINK_MENUS: tuple[Menu, ...] = (
    Menu(
        "/interface/vlan",
        stage=_VLAN,
        properties={
            **texts("name interface vlan-id mtu arp comment"),
            "disabled": forms.boolean,
            "use-service-tag": forms.boolean,
        },
        defaults={"mtu": "1500", "arp": "enabled", "disabled": "no", "use-service-tag": "no"},
        unique=("name",),
    ),
    Menu(
        "/ppp/profile",
        stage=_PROFILE,
        properties={**texts("name comment"), "change-tcp-mss": forms.boolean},
        defaults={"change-tcp-mss": "default"},
        unique=("name",),
    ),
    Menu(
        "/interface/pppoe-client",
        stage=_PPPOE,
        properties={
            **texts(
                "name interface user password service-name ac-name profile max-mtu max-mru mrru keepalive-timeout"
                " default-route-distance comment"
            ),
            "allow": forms.word_set,
            "add-default-route": forms.boolean,
            "use-peer-dns": forms.boolean,
            "dial-on-demand": forms.boolean,
            "disabled": forms.boolean,
        },
        # API records in the documentation of terraform-provider-routeros. A row that says nothing is disabled.
        defaults={
            "password": "",
            "service-name": "",
            "ac-name": "",
            "profile": "default",
            "max-mtu": "auto",
            "max-mru": "auto",
            "mrru": "disabled",
            "keepalive-timeout": "10",
            "default-route-distance": "1",
            "allow": "pap,chap,mschap1,mschap2",
            "add-default-route": "no",
            "use-peer-dns": "no",
            "dial-on-demand": "no",
            "disabled": "yes",
        },
        secret=frozenset({"password"}),
        unique=("name",),
    ),
    Menu(
        "/interface/lte/apn",
        stage=_APN,
        properties={
            **texts("name apn default-route-distance comment"),
            "add-default-route": forms.boolean,
            "use-peer-dns": forms.boolean,
            "use-network-apn": forms.boolean,
        },
        # The manual's page on LTE. What an APN is without a word differs between versions, so it is not compared.
        defaults={"default-route-distance": "2", "add-default-route": "yes", "use-peer-dns": "yes"},
        derived=frozenset({"apn", "use-network-apn"}),
        unique=("name",),
        later={"use-network-apn": TABLES.since},
    ),
    Menu(
        "/interface/lte",
        stage=_LTE,
        properties={**texts("name apn-profiles comment"), "disabled": forms.boolean},
        defaults={"apn-profiles": "default", "disabled": "no"},
        unique=("name",),
        # another profile makes the modem dial anew
        late={"apn-profiles": _LAST},
        sparse_print=True,
    ),
    Menu(
        "/ip/dhcp-client",
        stage=_CLIENT,
        properties={
            **texts("interface default-route-distance check-gateway comment"),
            "add-default-route": forms.boolean,
            "default-route-tables": forms.route_tables,
            "dhcp-options": forms.word_set,
            "script": forms.script,
            "use-peer-dns": forms.boolean,
            "use-peer-ntp": forms.boolean,
            "disabled": forms.boolean,
        },
        # community.routeros ``_api_data.py``; whether a new client is disabled by default is told in two ways, so a
        # plan always says it.
        defaults={
            "default-route-distance": "1",
            "check-gateway": "none",
            "add-default-route": "yes",
            "default-route-tables": "default",
            "dhcp-options": "hostname,clientid",
            "script": "",
            "use-peer-dns": "yes",
            "use-peer-ntp": "yes",
            "disabled": "no",
        },
        # RouterOS allows one client on an interface.
        unique=("interface",),
        long=frozenset({"script"}),
        later={"default-route-tables": DEFAULT_ROUTE_TABLES.since, "check-gateway": Version(7, 19)},
        late={"add-default-route": _LAST, "default-route-tables": _LAST},
    ),
)
