# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands on rows that need nothing but rows: ``monitor`` of a bridge, ``/ip/route/check``, those of leases.

Names of what they give: command tree 7.22.3. Each gives one reading and ends, also without ``once``; said in
FIDELITY.md. What the kernel measures is in ``lab/router/monitors.py``.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING

from lab.store import Trap, no_such_item
from lab.verbs import args as a
from lab.verbs.caller import SYSTEM, Caller
from lab.verbs.reply import Reply, Values
from lab.verbs.show import LEASES

if TYPE_CHECKING:
    from lab.verbs.engine import Engine

_CHUNK = 32768
#: what a lease keeps when it becomes configuration
_LEASE = ("address", "mac-address", "client-id", "server")


def _count(args: Values, name: str, usual: int) -> int:
    text = args.get(name, str(usual))
    if not (text.isascii() and text.isdigit()):
        raise Trap(f"invalid value for argument {name}", 1)
    return int(text)


class Monitor:
    """Registers itself at an engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        engine.actions["/interface/bridge", "monitor"] = self._bridge
        engine.actions["/ip/route", "check"] = self._route
        engine.actions["/file", "read"] = self._read_file
        engine.actions[LEASES, "make-static"] = self._make_static
        engine.actions[LEASES, "check-status"] = self._check_status

    def _rows(self, menu: str) -> list[tuple[int, dict[str, str]]]:
        return self._engine.view.rows(self._engine.store.menu(menu), SYSTEM)

    def _chosen(self, menu: str, args: Values) -> list[tuple[int, dict[str, str]]]:
        """The rows that the command names. Raises Trap."""
        which = a.take_ids(dict(args))
        if which is None:
            raise Trap("missing =.id=", 0)
        rows = self._rows(menu)
        wanted = a.row_ids(which, rows)
        return [row for row in rows if row[0] in wanted]

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

    async def _read_file(self, args: Values, caller: Caller) -> Reply:
        """A piece of a file as ``data`` [manual, files]; a piece holds 32 KiB at most."""
        self._engine.allow(caller, "read")
        name = args.get("file")
        if name is None:
            raise Trap("missing =file=", 0)
        found = [values for _, values in self._rows("/file") if values.get("name") == name]
        if not found:
            raise no_such_item()
        offset, size = (_count(args, key, usual) for key, usual in (("offset", 0), ("chunk-size", _CHUNK)))
        return Reply(({"data": found[0].get("contents", "")[offset : offset + min(size, _CHUNK)]},))

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
