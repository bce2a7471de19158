# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/ip/dhcp-client``: one client for each enabled row, its properties, its script and its commands (facts 2.5)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial

from lab.derive.interfaces import Interface, Interfaces
from lab.derive.lines import DHCP_CLIENT
from lab.derive.observations import Given, Link
from lab.observe.dhcp_client import DhcpClient, Lease, Wants
from lab.router.lines import Scripts, Surroundings
from lab.schema.snapshot import ConfigRow, Snapshot
from lab.script import Value
from lab.script.values import Array
from lab.store import Trap, parse_id
from lab.values.scalar import format_duration
from lab.verbs import Caller, Engine, Reply

_LEASE = ("address", "gateway", "dhcp-server", "primary-dns", "secondary-dns")


class _Line:
    """One row that runs."""

    def __init__(self, client: DhcpClient, scripts: Scripts) -> None:
        self.client = client
        self.scripts = scripts
        self.given: Given | None = None
        self.last: Lease | None = None


class DhcpLines:
    menu = DHCP_CLIENT

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._lines: dict[int, _Line] = {}
        self._ending: set[asyncio.Task[None]] = set()

    @property
    def given(self) -> Mapping[int, Given]:
        return {row_id: line.given for row_id, line in self._lines.items() if line.given is not None}

    def plug(self, engine: Engine) -> None:
        engine.actions[self.menu, "renew"] = partial(self._command, "renew")
        engine.actions[self.menu, "release"] = partial(self._command, "release")

    def refresh(self, snapshot: Snapshot, interfaces: Interfaces, links: Mapping[str, Link]) -> None:
        rows = {row.id: row for row in snapshot.rows(self.menu)}
        name = snapshot.single("/system/identity").get("name")
        wanted = {}
        for row in rows.values():
            interface = interfaces.get(row.get("interface"))
            usable = interface is not None and not interface.master
            self._around.show(self.menu, row.id, invalid="false" if usable or not row.enabled else "true")
            if row.enabled and usable and interface is not None:
                wanted[row.id] = (_wants(row, interface, name), interface.running)
        for row_id in [n for n, line in self._lines.items() if n not in wanted or line.client.wants != wanted[n][0]]:
            self._stop(row_id, rows.get(row_id))
        for row_id, (wants, running) in wanted.items():
            if row_id in self._lines:
                self._lines[row_id].client.link(up=running)
            else:
                self._start(row_id, wants, running)

    def live(self, row_id: int) -> Mapping[str, str]:
        """What is left of the lease."""
        line = self._lines.get(row_id)
        lease = line.client.lease if line is not None else None
        if lease is None:
            return {}
        left = max(0, int(lease.since + lease.seconds - asyncio.get_running_loop().time()))
        return {"expires-after": format_duration(left * 1_000_000)}

    async def stop(self) -> None:
        """As when the plug is pulled: servers are told nothing, scripts do not run."""
        for line in self._lines.values():
            line.client.halt()
        self._lines.clear()
        for task in list(self._ending):
            task.cancel()
        await asyncio.gather(*self._ending, return_exceptions=True)

    # ---- inside

    def _start(self, row_id: int, wants: Wants, running: bool) -> None:
        line = _Line(
            DhcpClient(
                self._around.namespace,
                wants,
                on_status=lambda status: self._around.show(self.menu, row_id, status=status),
                on_lease=lambda lease, why: self._leased(row_id, lease, why),
            ),
            Scripts(self._around.run, f"dhcp client on {wants.interface}"),
        )
        self._lines[row_id] = line
        line.client.start(up=running)

    def _stop(self, row_id: int, row: ConfigRow | None) -> None:
        self._lines[row_id].client.stop()
        del self._lines[row_id]

    def _leased(self, row_id: int, lease: Lease | None, why: str) -> None:
        line = self._lines[row_id]
        name = line.client.wants.interface
        if lease is not None:
            self._around.log("dhcp,info", f"dhcp-client on {name} got IP address {lease.address}")
        elif line.last is not None:
            self._around.log("dhcp,info", f"dhcp-client on {name} lost IP address {line.last.address} - {why}")
        line.given = None if lease is None else lease.given
        told = lease or line.last
        line.last = lease
        self._show(row_id, lease)
        self._around.changed()
        row = next((row for row in self._around.store.rows(self.menu) if row.id == row_id), None)
        if told is not None and row is not None:
            line.scripts.start(row.get("script"), _variables(told, name, bound=lease is not None))

    def _show(self, row_id: int, lease: Lease | None) -> None:
        shown: dict[str, str | None] = dict.fromkeys(name.replace("-", "_") for name in _LEASE)
        if lease is not None:
            dns = (*lease.given.dns, "", "")
            shown |= {
                "address": lease.given.address,
                "gateway": lease.given.gateway or None,
                "dhcp_server": lease.server[0],
                "primary_dns": dns[0] or None,
                "secondary_dns": dns[1] or None,
            }
        self._around.show(self.menu, row_id, **shown)

    async def _command(self, verb: str, args: Mapping[str, str], caller: Caller) -> Reply:
        """``renew`` and ``release`` of the given rows."""
        if not caller.may("write"):
            raise Trap("not enough permissions (9)")
        words = (args.get(".id") or args.get("numbers") or args.get("number") or "").split(",")
        rows = self._around.store.rows(self.menu)
        for word in words:
            number = parse_id(word)
            if number is None and word.isdecimal() and int(word) < len(rows):
                number = rows[int(word)].id
            if number is None or number not in {row.id for row in rows}:
                raise Trap("no such item", 0)
            line = self._lines.get(number)
            if line is not None and verb == "renew":
                line.client.renew()
            elif line is not None:
                line.client.release()
        return Reply()


def _wants(row: ConfigRow, interface: Interface, name: str) -> Wants:
    host_name = name if "hostname" in row.get("dhcp-options").split(",") else ""
    return Wants(row.get("interface"), interface.kernel, host_name)


def _variables(lease: Lease, interface: str, *, bound: bool) -> dict[str, Value]:
    """What the script finds (facts 2.5)."""
    return {
        "bound": 1 if bound else 0,
        "server-address": lease.server[0],
        "lease-address": lease.address,
        "interface": interface,
        "gateway-address": lease.given.gateway,
        "vendor-specific": lease.options.get(43, b"").decode("latin-1"),
        "lease-options": Array(keyed={str(code): raw.hex() for code, raw in sorted(lease.options.items())}),
    }
