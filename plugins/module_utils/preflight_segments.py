# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What keeps segments from being what their branch says: holes in their isolation, names that nobody answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from . import names
from .preflight_finding import Finding, error, warning
from .preflight_view import DNS, DNS_PROPERTIES, Reader, View, enabled, yes

RAW, NETWORK = "/ip/firewall/raw", "/ip/dhcp-server/network"
#: Matchers by which a row is an exception for some packets.
_NARROWING = frozenset(
    {
        *("dst-address", "dst-address-list", "dst-address-type", "src-address", "src-address-list", "src-mac-address"),
        *("protocol", "dst-port", "src-port", "port", "packet-mark", "limit", "dst-limit", "tcp-flags", "time", "ttl"),
    }
)


def findings(view: View, reader: Reader) -> Iterator[Finding]:
    yield from _holes(view)
    yield from _resolver(view, reader)


def _holes(view: View) -> Iterator[Finding]:
    """A row of others that accepts ends the table for its packets. Ours are written behind what is there."""
    isolated = view.in_list(names.ISOLATED_LIST)
    if not isolated or not any(row.menu == RAW for row in view.rows):
        return
    others = {row.id for row in view.others(RAW)}
    for row in enabled(view.router.get(RAW, ())):
        values = row.values
        if row.tag is not None and values.get("jump-target") == names.CHAIN_ISOLATED:
            return
        accepts = values.get("action", "accept") == "accept" and values.get("chain") == "prerouting"
        if row.id in others and accepts and view.matches(values, "in", isolated):
            yield _hole(row.id, values)


def _hole(row_id: str, values: Mapping[str, str]) -> Finding:
    what = f"{RAW} {row_id}, which is not ours, accepts packets of isolated segments before they are looked at"
    cure = "Disable it for this change; then move it to the end of its chain and enable it"
    narrow = {name for name, text in values.items() if text} & _NARROWING
    if narrow:
        return warning("isolation", f"{what} ({', '.join(sorted(narrow))}). If that is no exception of yours: {cure}")
    return error("isolation", f"{what}: they would see everything. {cure}")


def _resolver(view: View, reader: Reader) -> Iterator[Finding]:
    """Clients that are told to ask the router, which answers nobody."""
    networks = [row for row in view.rows if row.menu == NETWORK]
    asked = [row for row in networks if row.values.get("gateway") in str(row.values.get("dns-server", "")).split(",")]
    settings = list(reader.rows(DNS, DNS_PROPERTIES)) if asked else []
    if settings and not any(yes(row.values.get("allow-remote-requests")) for row in settings):
        segments = ", ".join(sorted(row.tag.split(":")[2] for row in asked))
        yield warning(
            "resolver",
            f"clients of {segments} are told to ask the router for names, and it answers nobody (/ip/dns"
            " allow-remote-requests=no). Say yes there, behind a firewall that keeps the internet from asking, or name"
            " servers in dhcp.dns",
        )
