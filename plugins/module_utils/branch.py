# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From the variables of one branch to a ``Branch``, or to all their mistakes at once.

The only place that looks at raw values; whatever it returns is complete, typed and consistent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import IPv4Network
from typing import Any

from . import branch_bandwidth_checks, branch_bridge, branch_checks, fields, versions
from .authorities import MAX_PEM, Authority, read_pem
from .branch_lan import read_segments
from .branch_pins import read_pins
from .branch_probe import read_probe
from .branch_traffic import read_address_lists, read_forwards, read_public_addresses
from .branch_uplinks import read_uplinks
from .fields import Fields
from .model import CLASSIFIERS, DEFAULT_API_URL, FASTTRACK, LANGUAGES, MAX_UPLINKS, MODES, Branch, Place, Telegram
from .problems import BranchError, Problems, show, show_secret

#: What the rules read. Every one is optional but ``multiwan_uplinks``.
RULE_VARIABLES = (
    "multiwan_uplinks",
    "multiwan_segments",
    "multiwan_bridge",
    "multiwan_mode",
    "multiwan_classifier",
    "multiwan_bypass",
    "multiwan_pins",
    "multiwan_address_lists",
    "multiwan_public_addresses",
    "multiwan_forwards",
    "multiwan_telegram",
    "multiwan_fast_failover",
    "multiwan_probe",
    "multiwan_gate_network",
    "multiwan_fasttrack",
    "multiwan_routeros_version",
)
#: What only the connection needs; known here so that a misspelled name is told from a real one.
CONNECTION_VARIABLES = (
    "multiwan_api_user",
    "multiwan_api_password",
    "multiwan_api_host",
    "multiwan_api_port",
    "multiwan_api_tls",
    "multiwan_api_ca_file",
    "multiwan_api_timeout_s",
)
#: How carefully a change is made.
COMMIT_VARIABLES = (
    "multiwan_dead_man_s",
    "multiwan_reach",
    "multiwan_backup",
    "multiwan_force",
    "multiwan_adopt",
    "multiwan_operator",
)
#: What people call the branch and where it is, for reports about the fleet.
REPORT_VARIABLES = ("multiwan_label", "multiwan_place")
#: In what waves the fleet is rolled out, and where summaries go: the same for all branches of a run.
FLEET_VARIABLES = ("multiwan_waves", "multiwan_canaries", "multiwan_rollout_folder")
#: What only bootstrap needs.
BOOTSTRAP_VARIABLES = (
    "multiwan_management",
    "multiwan_close_services",
    "multiwan_ssh_host",
    "multiwan_ssh_port",
    "multiwan_ssh_user",
    "multiwan_ssh_password",
    "multiwan_ssh_private_key_file",
    "multiwan_ssh_host_key",
    "multiwan_ssh_known_hosts",
    "multiwan_ssh_accept_host_key",
    "multiwan_ca_folder",
    "multiwan_ca_passphrase",
    "multiwan_certificate_days",
)
KNOWN_VARIABLES = (
    *RULE_VARIABLES,
    *CONNECTION_VARIABLES,
    *BOOTSTRAP_VARIABLES,
    *COMMIT_VARIABLES,
    *REPORT_VARIABLES,
    *FLEET_VARIABLES,
)

DEFAULT_VERSION = "7.22"
#: TEST-NET-1 (RFC 5737): never routed, so a gate can't hide a real host.
DEFAULT_GATE_NETWORK = "192.0.2.0/24"

_TOKEN_ALLOWED = "the token that BotFather gave, such as 123456789:AAE…"
_CA_ALLOWED = f"the PEM text of one or more certificates, none longer than {MAX_PEM} characters, and no key"
_CHAT_ALLOWED = "a chat number such as -1001234567890, in quotes or not, or @channel"


#: What is never the internet: private networks (RFC 1918) and the shared ones of ISPs (RFC 6598). So a second bridge, a
#: VPN or another site that the branch's file does not name is not sent to an ISP.
DEFAULT_BYPASS = tuple(IPv4Network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"))


def parse_branch(raw: Mapping[str, Any], *, name: str) -> Branch:
    """The branch called ``name``. ``raw``: variable name to value, as the inventory has it.

    Raises ``BranchError`` with every mistake. Names that begin with ``multiwan_`` and mean nothing are mistakes, other
    names are not ours and ignored.
    """
    problems = Problems()
    _unknown_names(raw, problems)
    top = _Top({key: value for key, value in raw.items() if key in KNOWN_VARIABLES}, "", problems, KNOWN_VARIABLES)
    version = _version(raw.get("multiwan_routeros_version"), problems)
    gates = _gate_network(top)
    probe = read_probe(raw.get("multiwan_probe"), version, problems)
    uplinks = read_uplinks(raw.get("multiwan_uplinks"), gates, probe, problems)
    segments = read_segments(raw.get("multiwan_segments"), problems)
    bridge = branch_bridge.read_bridge(raw.get("multiwan_bridge"), problems)
    pins = read_pins(raw.get("multiwan_pins"), problems)
    forwards = read_forwards(raw.get("multiwan_forwards"), segments, raw.get("multiwan_api_port"), problems)
    branch = Branch(
        name=name,
        version=version,
        mode=top.choice("multiwan_mode", MODES, "balance"),
        classifier=top.choice("multiwan_classifier", CLASSIFIERS, "both-addresses"),
        uplinks=uplinks.values,
        segments=segments.values,
        bridge=next(iter(bridge.values), None),
        bypass=_bypass(raw.get("multiwan_bypass"), problems),
        pins=pins.values,
        telegram=_telegram(raw.get("multiwan_telegram"), problems),
        fast=top.boolean("multiwan_fast_failover", True),
        fasttrack=top.choice("multiwan_fasttrack", FASTTRACK, "") or None,
        address_lists=read_address_lists(raw.get("multiwan_address_lists"), problems),
        public_addresses=read_public_addresses(raw.get("multiwan_public_addresses"), problems),
        forwards=forwards.values,
        label=top.label("multiwan_label", name),
        place=_place(raw.get("multiwan_place"), problems),
    )
    branch_bandwidth_checks.check(segments, uplinks, branch.fasttrack, version, problems)
    branch_bridge.check(bridge, segments, uplinks, problems)
    branch_checks.check(uplinks, segments, pins, gates, problems, forwards=forwards)
    found = problems.found(RULE_VARIABLES)
    if found:
        raise BranchError(name, found)
    return branch


class _Top(Fields):
    """The variables themselves: their path is their name."""

    def at(self, key: str) -> str:
        return key


def _unknown_names(raw: Mapping[str, Any], problems: Problems) -> None:
    for key in sorted(raw):
        if key.startswith("multiwan_") and key not in KNOWN_VARIABLES:
            problems.add(key, "an unknown variable", fields.did_you_mean(key, KNOWN_VARIABLES, prefix="multiwan_"))


def _version(value: Any, problems: Problems) -> versions.Version:
    default = versions.parse_version(DEFAULT_VERSION)
    if value is None:
        return default
    try:
        # 7.20 without quotes is the number 7.2 in YAML: another version.
        version = versions.parse_version(value) if isinstance(value, str) else None
    except ValueError:
        version = None
    if version is None or not versions.is_supported(version):
        problems.add("multiwan_routeros_version", show(value), versions.SUPPORTED)
        return default
    return version


def _gate_network(top: Fields) -> IPv4Network:
    allowed = (
        f"a private or documentation network with room for {MAX_UPLINKS} gates (/27 or larger),"
        f" default {DEFAULT_GATE_NETWORK}"
    )

    def parse(value: Any) -> IPv4Network:
        network = fields.strict_network(value)
        if network.prefixlen > 27 or not network.is_private:
            raise ValueError(value)
        return network

    return top.read("multiwan_gate_network", parse, allowed) or IPv4Network(DEFAULT_GATE_NETWORK)


def parse_place(value: Any) -> Place | None:
    """``None`` for what is none: for a branch whose other variables could not be read either."""
    problems = Problems()
    place = _place(value, problems)
    return None if problems.found() else place


def _place(value: Any, problems: Problems) -> Place | None:
    if value is None:
        return None
    place = Fields(value, "multiwan_place", problems, ("latitude", "longitude"))
    latitude = place.read("latitude", _degrees(90), "degrees from -90 to 90, south negative", required=True)
    longitude = place.read("longitude", _degrees(180), "degrees from -180 to 180, west negative", required=True)
    return None if latitude is None or longitude is None else Place(latitude, longitude)


def _degrees(most: int) -> Callable[[Any], float]:
    def parse(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float, str)):
            raise ValueError(value)
        degrees = float(value)
        if not -most <= degrees <= most:
            raise ValueError(value)
        return degrees

    return parse


def _bypass(value: Any, problems: Problems) -> tuple[IPv4Network, ...]:
    if value is None:
        return DEFAULT_BYPASS
    allowed = "a network such as 10.0.0.0/8 without host bits, or one address; never 0.0.0.0/0"
    networks = []
    for path, item in fields.list_items(value, "multiwan_bypass", problems, "a list of networks"):
        try:
            networks.append(fields.strict_network(item))
        except ValueError:
            problems.add(path, show(item), allowed)
    return tuple(networks)


def _authorities(value: Any) -> tuple[Authority, ...]:
    if not isinstance(value, str):
        raise ValueError(value)
    return read_pem(value)


def _telegram(value: Any, problems: Problems) -> Telegram | None:
    if value is None:
        return None
    keys = ("bot_token", "chat_id", "language", "api_url", "ca")
    if not isinstance(value, Mapping):
        problems.add("multiwan_telegram", show_secret(value), "a mapping with " + ", ".join(keys))
        return None
    telegram = Fields(value, "multiwan_telegram", problems, keys, show=show_secret)
    token = value.get("bot_token")
    if not isinstance(token, str) or not fields.is_bot_token(token):
        telegram.wrong("bot_token", _TOKEN_ALLOWED)
        token = ""
    chat = telegram.read("chat_id", fields.chat_id, _CHAT_ALLOWED, required=True)
    return Telegram(
        bot_token=str(token),
        chat_id=chat or "",
        language=telegram.choice("language", LANGUAGES, "id"),
        api_url=telegram.read("api_url", fields.https_url, "an https:// address without path, query or blanks")
        or DEFAULT_API_URL,
        authorities=telegram.read("ca", _authorities, _CA_ALLOWED) or (),
    )
