# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From the variables of one branch to what bootstrap shall do, or to all their mistakes at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

from ..module_utils import fields
from ..module_utils.branch import KNOWN_VARIABLES
from ..module_utils.problems import BranchError, Problems, show, show_secret
from ..module_utils.role_parameters import unknown_parameters
from . import fleet_ca, host_keys

ANY = "any"
#: What may be closed. Not ssh, by which bootstrap comes in; not api-ssl, for which it comes.
CLOSABLE = ("api", "ftp", "telnet", "www", "www-ssl", "winbox")
MIN_PASSWORD = 8

_MANAGEMENT_ALLOWED = (
    "the networks from which this controller and people may reach the API, such as [10.0.0.0/8], or the word any"
)
_NETWORK_ALLOWED = "a network such as 10.0.0.0/8 without host bits, or one address; for all of the internet: any alone"
_USER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,31}")
_USER_ALLOWED = "1 to 32 characters of A to Z, a to z, 0 to 9 and _ . @ -, and another user than the one of SSH"


@dataclass(frozen=True)
class Order:
    """What the router ``name`` shall have in the end. ``management``: empty means any. ``names``: what its certificate
    is made for, ``host`` first. ``port``: where this controller finds api-ssl."""

    name: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    management: tuple[IPv4Network, ...]
    close: tuple[str, ...]
    names: tuple[str, ...]
    days: int


def read(raw: Mapping[str, Any], *, name: str, variables: Iterable[str]) -> Order:
    """``raw``: arguments of the module ``bootstrap``. ``variables``: names of all variables of the host.

    Raises ``BranchError`` with every mistake; its paths are the names of the fleet's variables.
    """
    problems = Problems()
    _unknown(variables, problems)
    management = _management(raw.get("management"), problems)
    close = _close(raw.get("close_services"), problems)
    _api(raw, problems)
    _ssh(raw, problems)
    days = _number(raw, "certificate_days", 60, 3650, problems)
    found = problems.found()
    if found:
        raise BranchError(name, found)
    return Order(
        name=name,
        host=str(raw["api_host"]),
        port=int(raw["api_port"]),
        user=str(raw["api_user"]),
        password=str(raw["api_password"]),
        management=management,
        close=close,
        names=_names(raw, name),
        days=days,
    )


def pins(raw: Mapping[str, Any], *, name: str) -> host_keys.Pins:
    """Where the right host key is written. After :func:`read`, which has found no mistake."""
    return host_keys.Pins(
        host=str(raw["host"]),
        port=int(raw["port"]),
        known_hosts=Path(str(raw["known_hosts"])).expanduser(),
        name=name,
        host_key=raw.get("host_key") or None,
        accept=raw.get("accept_host_key") or None,
    )


def _unknown(variables: Iterable[str], problems: Problems) -> None:
    names = sorted(variables)
    for key in names:
        if key.startswith("multiwan_") and key not in KNOWN_VARIABLES:
            problems.add(key, "an unknown variable", fields.did_you_mean(key, KNOWN_VARIABLES, prefix="multiwan_"))
    for problem in unknown_parameters(names):
        problems.add(problem.path, problem.seen, problem.allowed)


def _management(value: Any, problems: Problems) -> tuple[IPv4Network, ...]:
    if value == ANY:
        return ()
    if not isinstance(value, (list, tuple)) or not value:
        problems.add("multiwan_management", show(value), _MANAGEMENT_ALLOWED)
        return ()
    found = []
    for path, item in fields.list_items(value, "multiwan_management", problems, _MANAGEMENT_ALLOWED):
        try:
            found.append(fields.strict_network(item))
        except ValueError:
            problems.add(path, show(item), _NETWORK_ALLOWED)
    return tuple(dict.fromkeys(found))


def _close(value: Any, problems: Problems) -> tuple[str, ...]:
    allowed = "a list of " + ", ".join(CLOSABLE)
    chosen = []
    for path, item in fields.list_items(value, "multiwan_close_services", problems, allowed):
        if item == "ssh":
            problems.add(path, show(item), allowed + "; ssh is how bootstrap comes in, so it is never closed by it")
        elif item not in CLOSABLE:
            problems.add(path, show(item), "one of " + ", ".join(CLOSABLE))
        else:
            chosen.append(str(item))
    return tuple(dict.fromkeys(chosen))


def _api(raw: Mapping[str, Any], problems: Problems) -> None:
    _reachable(raw, "api_host", "ansible_host", problems)
    _number(raw, "api_port", 1, 65535, problems, at="multiwan_api_port")
    user, password = raw.get("api_user"), raw.get("api_password")
    if not isinstance(user, str) or not _USER.fullmatch(user) or user == raw.get("user"):
        problems.add("multiwan_api_user", show(user), _USER_ALLOWED)
    if not isinstance(password, str) or len(password) < MIN_PASSWORD or not password.isprintable():
        allowed = f"the password that user shall have, {MIN_PASSWORD} printable characters or more; keep it in a vault"
        problems.add("multiwan_api_password", show_secret(password), allowed)
    if raw.get("api_tls") is False:
        problems.add("multiwan_api_tls", "false", "true: bootstrap sets up API-SSL, and site.yml shall use it")
    trusted = raw.get("api_ca_file")
    if trusted and not Path(str(trusted)).is_file() and Path(str(trusted)) != _authority_file(raw):
        problems.add("multiwan_api_ca_file", show(trusted), f"a PEM file; without it {_authority_file(raw)} counts")


def _authority_file(raw: Mapping[str, Any]) -> Path:
    return Path(str(raw.get("ca_folder", "."))) / fleet_ca.CERTIFICATE_FILE


def _ssh(raw: Mapping[str, Any], problems: Problems) -> None:
    _reachable(raw, "host", "multiwan_ssh_host", problems)
    _number(raw, "port", 1, 65535, problems, at="multiwan_ssh_port")
    user, key, accept = raw.get("user"), raw.get("host_key"), raw.get("accept_host_key")
    if not isinstance(user, str) or not user.strip():
        problems.add("multiwan_ssh_user", show(user), "a user of the router with all rights, such as admin")
    if key and not (isinstance(key, str) and host_keys.is_host_key(key)):
        problems.add(
            "multiwan_ssh_host_key", show(key), "SHA256: and 43 characters, or type and key such as ssh-rsa AAAA…"
        )
    if accept and not (accept == host_keys.FIRST or host_keys.FINGERPRINT.fullmatch(str(accept))):
        problems.add(
            "multiwan_ssh_accept_host_key",
            show(accept),
            f"the fingerprint that was shown, SHA256: and 43 characters, or {host_keys.FIRST}",
        )


def _reachable(raw: Mapping[str, Any], key: str, variable: str, problems: Problems) -> None:
    value = raw.get(key)
    if not isinstance(value, str) or not fleet_ca.is_reachable_name(value):
        problems.add(variable, show(value), "an address or a host name of the router")


def _number(raw: Mapping[str, Any], key: str, low: int, high: int, problems: Problems, *, at: str = "") -> int:
    value = raw.get(key)
    if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
        return value
    problems.add(at or f"multiwan_{key}", show(value), f"a whole number from {low} to {high}")
    return low


def _names(raw: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Whatever this router is called by: so a later change from address to name needs no new certificate."""
    names = (raw.get("api_host"), raw.get("host"), name)
    return tuple(dict.fromkeys(str(one) for one in names if one and fleet_ca.is_reachable_name(str(one))))


def covers(management: tuple[IPv4Network, ...], address: str) -> bool:
    """Whether somebody who comes from ``address`` is let in. Something else than IPv4 never is, unless all are."""
    if not management:
        return True
    try:
        return any(IPv4Address(address) in network for network in management)
    except ValueError:
        return False
