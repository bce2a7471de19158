# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Actions of ``/ip/firewall/nat``.

``masquerade`` is written as ``snat to`` the address that each interface has now. The kernel's own masquerade heals
connections whose way out changes, which RouterOS' manual does not promise (facts 3.1).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lab.derive.addresses import Addresses
from lab.derive.firewall.actions import COMMON, Action, Statements
from lab.derive.firewall.context import Context, Unsupported
from lab.derive.firewall.protocols import protocol_set
from lab.derive.interfaces import Interface, Interfaces
from lab.derive.ip import dotted, span
from lab.schema.snapshot import ConfigRow


def masqueraded(rows: Sequence[ConfigRow], interfaces: Interfaces, addresses: Addresses) -> frozenset[tuple[str, str]]:
    """(kernel interface, address) that the enabled masquerade rows can translate to now."""
    found: set[tuple[str, str]] = set()
    for row in rows:
        if row.enabled and row.get("action") == "masquerade":
            found.update(_exits(row, interfaces, addresses))
    return frozenset(found)


def _exits(row: ConfigRow, interfaces: Interfaces, addresses: Addresses) -> Iterator[tuple[str, str]]:
    for interface in interfaces.by_name.values():
        if not interface.master and _may_leave(row, interface, interfaces):
            address = addresses.first_on(interface)
            if address is not None:
                yield interface.kernel, address.text


def _may_leave(row: ConfigRow, interface: Interface, interfaces: Interfaces) -> bool:
    """Whether a positive out-interface condition of the row allows this interface."""
    wanted, listed = row.get("out-interface"), row.get("out-interface-list")
    if wanted and not wanted.startswith("!") and wanted != interface.name:
        return False
    if listed and not listed.startswith("!"):
        members = interfaces.lists.get(listed)
        return members is None or interface.name in members
    return True


def _ports(row: ConfigRow) -> str:
    ports = row.get("to-ports")
    if ports and not protocol_set(row.get("protocol")):
        raise Unsupported("to-ports without a protocol that has ports")
    return f":{ports}" if ports else ""


def _target(row: ConfigRow) -> str:
    text = row.get("to-addresses")
    try:
        first, last = span(text)
    except ValueError as error:
        raise Unsupported(f"to-addresses={text}") from error
    return dotted(first) if first == last else f"{dotted(first)}-{dotted(last)}"


def _masquerade(row: ConfigRow, hook: str, context: Context) -> Statements:
    ports = _ports(row)
    exits = sorted(_exits(row, context.interfaces, context.addresses))
    if row.get("out-interface") and not row.get("out-interface").startswith("!"):
        return tuple(("", f"snat to {address}{ports}") for _kernel, address in exits)
    return tuple((f'oifname "{kernel}"', f"snat to {address}{ports}") for kernel, address in exits)


def _src_nat(row: ConfigRow, hook: str, context: Context) -> Statements:
    return (("", f"snat to {_target(row)}{_ports(row)}"),)


def _dst_nat(row: ConfigRow, hook: str, context: Context) -> Statements:
    target = _target(row) if row.get("to-addresses") else ""
    if not target and not row.get("to-ports"):
        raise Unsupported("dst-nat to nowhere")
    return (("", f"dnat to {target}{_ports(row)}"),)


def _redirect(row: ConfigRow, hook: str, context: Context) -> Statements:
    ports = _ports(row)
    return (("", f"redirect to {ports}" if ports else "redirect"),)


def _only(where: str, action: Action) -> Action:
    def checked(row: ConfigRow, hook: str, context: Context) -> Statements:
        if hook != where:
            raise Unsupported(f"{row.get('action')} in {hook}")
        return action(row, hook, context)

    return checked


NAT: Mapping[str, Action] = {
    **COMMON,
    "src-nat": _only("srcnat", _src_nat),
    "masquerade": _only("srcnat", _masquerade),
    "dst-nat": _only("dstnat", _dst_nat),
    "redirect": _only("dstnat", _redirect),
}
