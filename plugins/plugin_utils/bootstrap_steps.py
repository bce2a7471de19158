# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is to be done on a router: commands, each with a sentence. Pure: a state and an order in, steps out."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Network

from ..module_utils.least_policies import POLICIES
from ..module_utils.quoting import quote
from ..module_utils.tags import tag
from ..module_utils.versions import RANGE, is_supported, parse_version, planned_for
from . import fleet_ca
from .bootstrap_input import Order, covers
from .bootstrap_state import ACCEPT_TAG, LIST, LIST_TAG, OWNER, Rule, Service, State

GROUP = "multiwan"
SERVICE = "api-ssl"
#: A certificate that ends sooner is replaced.
RENEW_DAYS = 30

#: What anybody on the way can read along.
_IN_CLEAR = frozenset({"api", "ftp", "telnet", "www"})

_FILTER = "/ip firewall filter"
_LISTS = "/ip firewall address-list"


@dataclass(frozen=True)
class Step:
    """``words``: what it does, for people. ``command``: for the router only, it may hold a secret."""

    words: str
    command: str = field(repr=False)


def objections(order: Order, state: State) -> tuple[str, ...]:
    """Everything that speaks against beginning at all."""
    found = []
    try:
        supported = is_supported(planned_for(parse_version(state.version)))
    except ValueError:
        supported = False
    if not supported:
        found.append(f"RouterOS {state.version or 'of an unknown version'}: supported are {RANGE}")
    if state.service(SERVICE) is None:
        found.append(f"the router has no service {SERVICE}")
    outside = sorted(address for address in state.seen_from if not covers(order.management, address))
    if state.seen_from and len(outside) == len(state.seen_from):
        found.append(
            f"the router sees this controller as {', '.join(outside)}, which is in none of multiwan_management"
            f" ({_networks(order.management)}): it would lock this controller out"
        )
    return tuple(found)


def notes(state: State, order: Order, today: datetime.date) -> tuple[str, ...]:
    """What people should know, though it stops nothing."""
    return (*_clock_notes(state, today), *_open_notes(state, order))


def _open_notes(state: State, order: Order) -> tuple[str, ...]:
    found = [one.name for one in state.services if one.name in _IN_CLEAR and not one.disabled]
    left = [name for name in found if name not in order.close]
    if not left:
        return ()
    return (
        f"services that send passwords in clear text stay open: {', '.join(left)}. multiwan_close_services closes them",
    )


def _clock_notes(state: State, today: datetime.date) -> tuple[str, ...]:
    if state.clock is not None and state.clock < today - datetime.timedelta(days=1):
        return (
            f"the router's clock says {state.clock}: its certificate begins later. This controller does not mind, but"
            " the router can check no certificate of others, so no message arrives. Set its clock: /system ntp client",
        )
    return ()


def usable_certificate(state: State, order: Order, authority: str, today: datetime.date) -> str | None:
    """The name of a certificate on the router that fits and lasts, the longest one."""
    lasting = {}
    for certificate in state.certificates:
        until = fleet_ca.fitting(authority, order.names, certificate.name)
        if certificate.has_key and until is not None and (until - today).days >= RENEW_DAYS:
            lasting[until] = certificate.name
    return lasting[max(lasting)] if lasting else None


def group(state: State) -> tuple[Step, ...]:
    """A group of our own with the least policies."""
    found = state.group(GROUP)
    known = state.known_policies() | set(POLICIES)
    words = [*POLICIES, *(f"!{name}" for name in sorted(known - set(POLICIES)))]
    if found is None:
        return (Step(f"make the group {GROUP}", f"/user group add name={quote(GROUP)} policy={','.join(words)}"),)
    if found.policies != set(POLICIES):
        return (Step(f"give the group {GROUP} its policies", f"/user group set {found.id} policy={','.join(words)}"),)
    return ()


def user(state: State, order: Order) -> tuple[Step, ...]:
    """The user that deploys. Its password is set along with anything else of it."""
    found = state.user
    wanted = f"group={quote(GROUP)} address={quote(_networks(order.management))} password={quote(order.password)}"
    if found is None:
        comment = quote(f"deploys [{tag(OWNER, 'user')}]")
        name = quote(order.user)
        return (Step(f"make the user {order.user}", f"/user add name={name} {wanted} comment={comment} disabled=no"),)
    if (found.group, found.disabled, found.addresses) != (GROUP, False, _addresses(order)):
        words = f"give the user {order.user} its group, its networks and its password"
        return (Step(words, f"/user set {found.id} {wanted} disabled=no"),)
    return ()


def password(state: State, order: Order) -> Step:
    """For a user that is there and right, but can't log in."""
    if state.user is None:
        raise AssertionError("user() makes it")
    return Step(
        f"give the user {order.user} its password", f"/user set {state.user.id} password={quote(order.password)}"
    )


def service(state: State, order: Order, certificate: str) -> tuple[Step, ...]:
    """API-SSL with our certificate, for the management networks."""
    found = _api_ssl(state)
    if (found.certificate, found.disabled, found.addresses) == (certificate, False, _addresses(order)):
        return ()
    words = f"{SERVICE} on, with this certificate, for {_networks(order.management) or 'any address'}"
    settings = f"certificate={quote(certificate)} address={quote(_networks(order.management))} disabled=no"
    return (Step(words, f"/ip service set {found.id} {settings}"),)


def service_as_before(state: State) -> Step:
    """What :func:`service` changed."""
    found = _api_ssl(state)
    settings = (
        f"certificate={quote(found.certificate or 'none')} address={quote(','.join(sorted(found.addresses)))}"
        f" disabled={'yes' if found.disabled else 'no'}"
    )
    return Step(f"{SERVICE} as it was before", f"/ip service set {found.id} {settings}")


def firewall(state: State, order: Order) -> tuple[Step, ...]:
    """One accepting row before the first that drops, and the list of who is accepted. Nothing where nothing drops."""
    blocking = state.first_blocking()
    own = [rule for rule in state.rules if rule.own]
    if blocking is None and not own:
        return ()
    steps = [*_list_steps(state, order)]
    port = _api_ssl(state).port
    source = LIST if order.management else ""
    right = [rule for rule in own if _is_right(rule, f"tcp {port} {source}")]
    kept = right[0] if right else None
    steps += [
        Step("remove an outdated row of the firewall", f"{_FILTER} remove {rule.id}") for rule in own if rule != kept
    ]
    if blocking is None:
        return tuple(steps)
    where = f"before the first row that drops ({blocking.id})"
    if kept is None:
        narrowed = f" src-address-list={quote(source)}" if source else ""
        comment = quote(f"API-SSL from the management networks [{ACCEPT_TAG}]")
        steps.append(
            Step(
                f"accept {SERVICE} from the management networks, {where}",
                f"{_FILTER} add chain=input action=accept protocol=tcp dst-port={port}{narrowed} comment={comment}"
                f" place-before={blocking.id}",
            )
        )
    elif state.rules.index(kept) > state.rules.index(blocking):
        steps.append(
            Step(f"move the row that accepts {SERVICE} {where}", f"{_FILTER} move {kept.id} destination={blocking.id}")
        )
    return tuple(steps)


def closing(state: State, order: Order) -> tuple[Step, ...]:
    """The services that were asked to be closed and are open."""
    found = (state.service(name) for name in order.close)
    return tuple(
        Step(f"close the service {one.name}", f"/ip service set {one.id} disabled=yes")
        for one in found
        if one is not None and not one.disabled
    )


def superseded(state: State, certificate: str) -> tuple[Step, ...]:
    """Certificates of ours that no service uses any more. ``state``: as it was before the service was set."""
    elsewhere = {one.certificate for one in state.services if one.name != SERVICE}
    return tuple(
        Step(f"remove the old certificate {one.name}", f"/certificate remove {one.id}")
        for one in state.certificates
        if one.name.startswith(fleet_ca.PREFIX) and one.name != certificate and one.name not in elsewhere
    )


def _list_steps(state: State, order: Order) -> Iterable[Step]:
    wanted = [_text(network) for network in order.management]
    kept = {}
    for entry in state.entries:
        address = entry.address.removesuffix("/32")
        if address in wanted:
            kept[address] = entry
        elif entry.own:
            yield Step(f"take {address} out of the list {LIST}", f"{_LISTS} remove {entry.id}")
    for number, address in enumerate(wanted):
        if address not in kept:
            comment = quote(f"Management [{LIST_TAG}:{number}]")
            command = f"{_LISTS} add list={quote(LIST)} address={address} comment={comment}"
            yield Step(f"put {address} on the list {LIST}", command)


def _is_right(rule: Rule, matches: str) -> bool:
    return (rule.chain, rule.action, rule.disabled, rule.matches.strip()) == ("input", "accept", False, matches.strip())


def _api_ssl(state: State) -> Service:
    found = state.service(SERVICE)
    if found is None:
        raise AssertionError("objections() has looked for it")
    return found


def _addresses(order: Order) -> frozenset[str]:
    return frozenset(_text(network) for network in order.management)


def _networks(management: tuple[IPv4Network, ...]) -> str:
    return ",".join(_text(network) for network in management)


def _text(network: IPv4Network) -> str:
    return str(network).removesuffix("/32")
