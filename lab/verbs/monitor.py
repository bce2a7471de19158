# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands that look at rows without being ``print``: ``monitor``, ``monitor-traffic``, ``/ip/route/check``, leases.

Names of what they give: command tree 7.22.3. Each gives one reading and ends, also without ``once``; said in
FIDELITY.md.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING

from lab.store import Trap, no_such_item
from lab.verbs import args as a
from lab.verbs.caller import SYSTEM, Caller
from lab.verbs.reply import Reply, Values
from lab.verbs.show import LEASES

if TYPE_CHECKING:
    from lab.verbs.engine import Engine

#: how long counters are watched for a rate
_SAMPLE_S = 0.2
#: counter of an interface -> name of its rate, and what one of it counts as
_RATES = {
    "rx-packet": ("rx-packets-per-second", 1),
    "rx-byte": ("rx-bits-per-second", 8),
    "rx-drop": ("rx-drops-per-second", 1),
    "rx-error": ("rx-errors-per-second", 1),
    "tx-packet": ("tx-packets-per-second", 1),
    "tx-byte": ("tx-bits-per-second", 8),
    "tx-drop": ("tx-drops-per-second", 1),
    "tx-error": ("tx-errors-per-second", 1),
    "tx-queue-drop": ("tx-queue-drops-per-second", 1),
}
#: what a lease keeps when it becomes configuration
_LEASE = ("address", "mac-address", "client-id", "server")


class Monitor:
    """Registers itself at an engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        engine.actions["/interface/ethernet", "monitor"] = self._ethernet
        engine.actions["/interface", "monitor-traffic"] = self._traffic
        engine.actions["/interface/bridge", "monitor"] = self._bridge
        engine.actions["/ip/route", "check"] = self._route
        engine.actions[LEASES, "make-static"] = self._make_static
        engine.actions[LEASES, "check-status"] = self._check_status

    def _rows(self, menu: str) -> list[tuple[int, dict[str, str]]]:
        return self._engine.view.rows(self._engine.store.menu(menu), SYSTEM)

    def _chosen(self, menu: str, args: Values, key: str = "") -> list[tuple[int, dict[str, str]]]:
        """The rows that the command names. Raises Trap."""
        given = dict(args)
        which = given.get(key) if key else a.take_ids(given)
        if which is None:
            raise Trap(f"missing ={key or '.id'}=", 0)
        rows = self._rows(menu)
        wanted = a.row_ids(which, rows)
        return [row for row in rows if row[0] in wanted]

    async def _ethernet(self, args: Values, caller: Caller) -> Reply:
        self._engine.allow(caller, "read")
        return Reply(tuple(_link(values) for _, values in self._chosen("/interface/ethernet", args)))

    async def _bridge(self, args: Values, caller: Caller) -> Reply:
        self._engine.allow(caller, "read")
        ports = [values["bridge"] for _, values in self._rows("/interface/bridge/port") if "bridge" in values]
        return Reply(
            tuple(
                {
                    "state": "disabled" if values.get("disabled") == "true" else "enabled",
                    "current-mac-address": values.get("mac-address", ""),
                    "root-bridge": "yes",
                    "port-count": str(ports.count(values.get("name", ""))),
                    "fast-forward": "no",
                }
                for _, values in self._chosen("/interface/bridge", args)
            )
        )

    async def _traffic(self, args: Values, caller: Caller) -> Reply:
        self._engine.allow(caller, "read")
        chosen = [row_id for row_id, _ in self._chosen("/interface", args, "interface")]
        before = dict(self._rows("/interface"))
        await asyncio.sleep(_SAMPLE_S)
        after = dict(self._rows("/interface"))
        return Reply(tuple(_rates(before[row_id], after[row_id]) for row_id in chosen if row_id in after))

    async def _route(self, args: Values, caller: Caller) -> Reply:
        """The look-up of ``dst-ip`` in main. The words of ``status`` are unsure."""
        self._engine.allow(caller, "read")
        text = args.get("dst-ip")
        if text is None:
            raise Trap("missing =dst-ip=", 0)
        try:
            wanted = IPv4Address(text)
        except ValueError as error:
            raise Trap("invalid value for argument dst-ip", 1) from error
        found = [
            (IPv4Network(values["dst-address"], strict=False).prefixlen, values)
            for _, values in self._rows("/ip/route")
            if values.get("active") == "true"
            and values.get("routing-table", "main") == "main"
            and wanted in IPv4Network(values["dst-address"], strict=False)
        ]
        if not found:
            return Reply(({"status": "unreachable"},))
        values = max(found, key=lambda item: item[0])[1]
        hop, _, interface = values.get("immediate-gw", "").partition(",")[0].rpartition("%")
        if "blackhole" in values:
            return Reply(({"status": "blackhole"},))
        reply = {"status": "ok", "interface": interface or values.get("immediate-gw", "")}
        return Reply(({**reply, "nexthop": hop or text},))

    async def _make_static(self, args: Values, caller: Caller) -> Reply:
        store = self._engine.store
        for _, values in self._chosen(LEASES, args):
            if values.get("dynamic") == "true":
                kept = {name: values[name] for name in _LEASE if values.get(name)}
                store.add(LEASES, {**kept, "address": values.get("address", values.get("active-address", ""))})
        return Reply()

    async def _check_status(self, args: Values, caller: Caller) -> Reply:
        """Asks for the address; who has it keeps it here."""
        self._engine.allow(caller, "write")
        if not self._chosen(LEASES, args):
            raise no_such_item()
        return Reply()


def _link(values: Mapping[str, str]) -> dict[str, str]:
    """A veth has no speed of its own: a port with a carrier says 1Gbps, as a CHR's virtual card does (unsure)."""
    shown = {"name": values.get("name", "")}
    if values.get("running") != "true":
        return {**shown, "status": "no-link"}
    return {
        **shown,
        "status": "link-ok",
        "auto-negotiation": "done",
        "rate": "1Gbps",
        "full-duplex": "true",
        "tx-flow-control": "false",
        "rx-flow-control": "false",
    }


def _rates(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    number: Callable[[str], int] = lambda text: int(text) if text.isdigit() else 0  # noqa: E731
    shown = {"name": after.get("name", "")}
    for counter, (name, factor) in _RATES.items():
        more = number(after.get(counter, "0")) - number(before.get(counter, "0"))
        shown[name] = str(int(more * factor / _SAMPLE_S))
    return shown
