# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names to addresses for ``:resolve`` and fetch: static entries, then the servers in ``/ip/dns``, over real UDP."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype

from lab import netns
from lab.router.services.base import RouterHost
from lab.schema.snapshot import ConfigRow, Snapshot
from lab.store import Trap
from lab.verbs import Caller, Reply

_KINDS = {"ipv4": dns.rdatatype.A, "ipv6": dns.rdatatype.AAAA}
_LONGEST_CHAIN = 8


class ResolveError(Exception):
    """``words``: what the router says. Only the fact of the failure is documented, the words are unsure (facts 5.1)."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True)
class _Cached:
    addresses: tuple[str, ...]
    until: float


class Resolver:
    """Static entries first, then the cache, then each server in turn until the total time-out."""

    def __init__(self, host: RouterHost) -> None:
        self._host = host
        self._cache: dict[tuple[str, str], _Cached] = {}

    def plug(self) -> None:
        self._host.engine.actions["/", "resolve"] = self._action

    async def start(self) -> None:
        """Nothing is asked before somebody wants to know."""

    async def stop(self) -> None:
        self._cache.clear()

    def refresh(self, snapshot: Snapshot) -> None:
        """The configuration is read with every question."""

    def flush(self) -> None:
        self._cache.clear()

    async def _action(self, args: Mapping[str, str], caller: Caller) -> Reply:
        if not caller.may("read"):
            raise Trap("not enough permissions (9)")
        name = args.get("domain-name", "")
        kind = {"any": "ipv4", "any6": "ipv6"}.get(args.get("type", "ipv4"), args.get("type", "ipv4"))
        if kind not in _KINDS:
            raise Trap("input does not match any value of type", 1)
        servers = [args["server"]] if args.get("server") else None
        try:
            found = await self.resolve(name, kind=kind, servers=servers, port=int(args.get("server-port", "53")))
        except ResolveError as error:
            raise Trap(f"failure: {error.words}", 4) from error
        return Reply(ret=found[0])

    async def resolve(
        self, name: str, *, kind: str = "ipv4", servers: Sequence[str] | None = None, port: int = 53
    ) -> tuple[str, ...]:
        """At least one address, in the order of the answer. Raises ResolveError."""
        if _is_address(name):
            return (name,)
        plain = name.rstrip(".").lower()
        static = self._static(plain, kind, 0)
        if static is not None:
            return static
        cached = self._cache.get((plain, kind))
        if cached is not None and cached.until > self._host.clock() and servers is None:
            return cached.addresses
        return await self._ask(plain, kind, servers, port)

    # ---- static entries

    def _static(self, name: str, kind: str, depth: int) -> tuple[str, ...] | None:
        rows = [row for row in self._host.store.rows("/ip/dns/static") if row.enabled and _covers(row, name)]
        if any(row.get("type") == "NXDOMAIN" for row in rows):
            raise ResolveError("dns name does not exist")
        wanted = "A" if kind == "ipv4" else "AAAA"
        found = tuple(r.get("address") for r in rows if r.get("address") and _address_type(r) == wanted)
        if found:
            return found
        target = next((row.get("cname") for row in rows if row.get("cname")), "")
        if target and depth < _LONGEST_CHAIN:
            return self._static(target.rstrip(".").lower(), kind, depth + 1)
        return None

    # ---- servers

    async def _ask(self, name: str, kind: str, servers: Sequence[str] | None, port: int) -> tuple[str, ...]:
        settings = self._host.store.snapshot().single("/ip/dns")
        given = self._host.engine.view.status.get(("/ip/dns", 0), {}).get("dynamic-servers", "")
        known = f"{settings.get('servers')},{given}".split(",")  # those of lines count as one's own
        asked = list(servers) if servers is not None else [s for s in known if s]
        if not asked:
            raise ResolveError("dns server failure")
        each = settings.seconds("query-server-timeout", 2.0)
        last = "dns server failure"
        try:
            async with asyncio.timeout(settings.seconds("query-total-timeout", 10.0)):
                # two rounds: a lost packet is no dead server
                for server in asked * 2:
                    try:
                        return await self._ask_one(server, port, name, kind, each)
                    except (TimeoutError, OSError):
                        last = "timeout"
        except TimeoutError:
            last = "timeout"
        raise ResolveError(last)

    async def _ask_one(self, server: str, port: int, name: str, kind: str, timeout_s: float) -> tuple[str, ...]:
        query = dns.message.make_query(name, _KINDS[kind])
        query.flags |= dns.flags.RD
        address = ip_address(server)
        family = socket.AF_INET if address.version == 4 else socket.AF_INET6
        loop = asyncio.get_running_loop()
        with netns.make_socket(self._host.netns, family, socket.SOCK_DGRAM) as sock:
            async with asyncio.timeout(timeout_s):
                await loop.sock_connect(sock, (server, port))
                await loop.sock_sendall(sock, query.to_wire())
                while True:
                    answer = _parse(await loop.sock_recv(sock, 65_535))
                    if answer is not None and query.is_response(answer):
                        return self._take(name, kind, answer)

    def _take(self, name: str, kind: str, answer: dns.message.Message) -> tuple[str, ...]:
        code = answer.rcode()
        if code == dns.rcode.NXDOMAIN:
            raise ResolveError("dns name does not exist")
        if code != dns.rcode.NOERROR:
            raise ResolveError("dns server failure")
        sets = [found for found in answer.answer if found.rdtype == _KINDS[kind]]
        addresses = tuple(str(item) for found in sets for item in found)
        if not addresses:
            raise ResolveError("dns name exists, but no appropriate record")
        life = min(found.ttl for found in sets)
        self._cache[name, kind] = _Cached(addresses, self._host.clock() + life)
        return addresses


def _parse(data: bytes) -> dns.message.Message | None:
    try:
        return dns.message.from_wire(data)
    except dns.exception.DNSException:
        return None


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _address_type(row: ConfigRow) -> str:
    return row.get("type") or ("AAAA" if ":" in row.get("address") else "A")


def _covers(row: ConfigRow, name: str) -> bool:
    pattern = row.get("regexp")
    if pattern:
        return re.search(pattern, name) is not None
    own = row.get("name").rstrip(".").lower()
    return bool(own) and (name == own or (row.flag("match-subdomain") and name.endswith("." + own)))
