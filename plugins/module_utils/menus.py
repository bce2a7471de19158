# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The RouterOS menus that the collection writes, as data.

Argument names come from the command trees of RouterOS 7.9 to 7.24 (tikoci/restraml ``/console/inspect`` dumps), those
of 6.49 and the defaults from community.routeros ``_api_data.py`` and the MikroTik manual. Only writable properties
stand here: whatever else a print reports (counters, flags, learned values) is run-time state and never drift.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from . import value_forms as forms
from .found import Operation
from .versions import SIX, TABLES, Version

Normalizer = Callable[[str], str]


@dataclass(frozen=True)
class Menu:
    """One menu as the diff needs to know it.

    ``properties``: writable property to the function that gives its one canonical text.
    ``defaults``: what the router holds when the property was never given; RouterOS reports some of these and leaves
    others out, depending on the version, so "absent" and "default" compare equal.
    ``switches``: properties without a value; being there turns them on, even with the text ``no``
    (terraform-provider-routeros issue 838, RouterOS 7).
    ``derived``: properties that the router fills in by itself; compared only when the plan names them.
    ``unsettable``: the menu has an ``unset`` command. Without it, a property goes back to its default or to empty text.
    ``blank``: texts that ``unset`` does not know although the menu has it; an empty one is as good as none.
    ``unique``: properties that RouterOS keeps unique together; a second such row is refused by ``add``.
    ``ordered``: position has a meaning, within the rows that share the value of ``ordered_within``.
    ``stage``: the place in make-before-break order; what refers to another row comes after it.
    ``stages_within``: finer stages by the value of ``ordered_within``.
    ``late_stage``: the stage of rows in which all of ``late_by_default`` hold their defaults; 0: none are late.
    ``long``: properties that hold scripts; shown as a block of lines in a diff.
    ``sparse_print``: ask for our properties only. The menu can hold thousands of foreign rows or slow properties.
    ``since``: first RouterOS version that has the menu. ``until``: property to the first version without it.
    ``later``: property to the first version that has it.
    ``late``: property to the stage at which a ``set`` of it is written, after all that it would cut off is in place.
    ``unclaimed``: properties that a claim on somebody else's row leaves alone (``claims.py``).
    """

    path: str
    stage: int
    properties: Mapping[str, Normalizer]
    defaults: Mapping[str, str] = field(default_factory=dict)
    switches: frozenset[str] = frozenset()
    derived: frozenset[str] = frozenset()
    unsettable: bool = False
    blank: frozenset[str] = frozenset()
    unique: tuple[str, ...] = ()
    ordered: bool = False
    ordered_within: str | None = None
    stages_within: Mapping[str, int] = field(default_factory=dict)
    late_stage: int = 0
    late_by_default: frozenset[str] = frozenset()
    long: frozenset[str] = frozenset()
    sparse_print: bool = False
    since: Version = SIX
    until: Mapping[str, Version] = field(default_factory=dict)
    later: Mapping[str, Version] = field(default_factory=dict)
    late: Mapping[str, int] = field(default_factory=dict)
    unclaimed: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        known = set(self.properties)
        for name in (
            *self.defaults,
            *self.switches,
            *self.derived,
            *self.blank,
            *self.unique,
            *self.long,
            *self.until,
            *self.later,
            *self.late,
            *self.unclaimed,
        ):
            if name not in known:
                raise ValueError(f"{self.path}: {name} is not among the properties")
        if self.switches & set(self.defaults):
            raise ValueError(f"{self.path}: a switch has no default, it is off when absent")

    def has(self, name: str, version: Version) -> bool:
        """Whether ``version`` knows the property."""
        return (
            name in self.properties
            and version >= self.later.get(name, version)
            and not (name in self.until and version >= self.until[name])
        )

    def on(self, version: Version) -> tuple[str, ...]:
        """The properties that ``version`` has; none when it lacks the menu."""
        return tuple(name for name in self.properties if self.has(name, version)) if version >= self.since else ()

    def is_set_back(self, name: str) -> bool:
        """Whether a surplus property is set to its default, or unset. A non-empty default can always be set."""
        return not self.unsettable or bool(self.defaults.get(name)) or name in self.blank

    def place(self, values: Mapping[str, str]) -> int:
        """The stage in which a row with these properties is written."""
        if self.late_stage and not self.late_by_default & set(canonical(self, values)):
            return self.late_stage
        return self.stage

    def place_of(self, write: Operation) -> int:
        """The stage of a write on a row that is there."""
        named = {*write.values, write.name} if write.verb in ("set", "unset") else set()
        return max([self.stage, *(self.late[name] for name in named if name in self.late)])

    def substage(self, values: Mapping[str, str]) -> int:
        if self.ordered_within is None:
            return 0
        return self.stages_within.get(values.get(self.ordered_within, ""), 0)

    def stratum(self, values: Mapping[str, str]) -> str:
        """Rows of different strata have no order between them (two chains of a firewall table)."""
        return values.get(self.ordered_within, "") if self.ordered_within else ""


def _texts(names: str) -> dict[str, Normalizer]:
    return dict.fromkeys(names.split(), forms.text)


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

MENUS: tuple[Menu, ...] = (
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

BY_PATH: dict[str, Menu] = {menu.path: menu for menu in MENUS}


def menu(path: str) -> Menu:
    """The menu at ``path``; ``KeyError`` with a sentence when the collection does not write it."""
    try:
        return BY_PATH[path]
    except KeyError:
        raise KeyError(f"{path} is not among the menus that this collection writes") from None


def canonical(of: Menu, values: Mapping[str, str]) -> dict[str, str]:
    """Writable properties in their one canonical form, without those that hold their default."""
    result: dict[str, str] = {}
    for name, text in values.items():
        normalize = of.properties.get(name)
        if normalize is None:
            continue
        if name in of.switches:
            result[name] = ""
            continue
        form = normalize(text)
        default = of.defaults.get(name)
        if form != (normalize(default) if default is not None else ""):
            result[name] = form
    return result
