# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses, prefixes, ranges, gateways."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv4Network, NetmaskValueError

from lab.values.base import References, Renamer, Type, invalid, no_match


def parse_ip(text: str) -> str:
    """A dotted IPv4 address. Raises BadValue."""
    try:
        return str(IPv4Address(text))
    except AddressValueError:
        raise invalid() from None


def split_prefix(text: str) -> tuple[IPv4Address, int]:
    """Address and length of ``a.b.c.d``, ``a.b.c.d/24`` or ``a.b.c.d/255.255.255.0``. Raises BadValue."""
    head, slash, tail = text.partition("/")
    address = IPv4Address(parse_ip(head))
    if not slash:
        return address, 32
    try:
        return address, IPv4Network(f"0.0.0.0/{tail}").prefixlen
    except (NetmaskValueError, ValueError):
        raise invalid() from None


class IpType(Type):
    def parse(self, text: str, refs: References) -> str:
        return parse_ip(text)


class PrefixType(Type):
    """A network; host bits are cleared, the length is always printed (routes, queue targets)."""

    def parse(self, text: str, refs: References) -> str:
        address, length = split_prefix(text)
        return str(IPv4Network((int(address), length), strict=False))


class HostPrefixType(Type):
    """``/ip/address``: an address that keeps its host bits, with its length (32 when none is given)."""

    def parse(self, text: str, refs: References) -> str:
        address, length = split_prefix(text)
        return f"{address}/{length}"


class AddressMatchType(Type):
    """What firewall rows and address lists match: address, prefix or range; a ``/32`` prints bare."""

    def parse(self, text: str, refs: References) -> str:
        if "-" in text:
            return IpRangeType().parse(text, refs)
        address, length = split_prefix(text)
        return str(address) if length == 32 else str(IPv4Network((int(address), length), strict=False))


class IpRangeType(Type):
    """``a.b.c.d-e.f.g.h``, a prefix or one address (``/ip/pool ranges``, ``to-addresses``)."""

    def parse(self, text: str, refs: References) -> str:
        first, dash, last = text.partition("-")
        if not dash:
            return AddressMatchType().parse(text, refs)
        start, end = parse_ip(first), parse_ip(last)
        if int(IPv4Address(start)) > int(IPv4Address(end)):
            raise invalid()
        return start if start == end else f"{start}-{end}"


class NetmaskType(Type):
    """A mask as length or dotted; printed as length."""

    def parse(self, text: str, refs: References) -> str:
        return str(split_prefix("0.0.0.0/" + text)[1])


class DomainType(Type):
    """A DNS name where an address may stand too (address lists, netwatch host, NTP servers)."""

    def parse(self, text: str, refs: References) -> str:
        if not re.fullmatch(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252}[A-Za-z0-9_.])?", text) or re.fullmatch(
            r"[\d.]+", text
        ):
            raise invalid()
        return text


class Ip6Type(Type):
    """IPv6 in fields that take both families; kept as written, only its alphabet is checked."""

    def parse(self, text: str, refs: References) -> str:
        if text.count(":") < 2 or not re.fullmatch(r"[0-9A-Fa-f:.]+(?:%[^\s,]+)?(?:/\d{1,3})?", text):
            raise invalid()
        return text.lower() if "%" not in text else text


@dataclass(frozen=True)
class GatewayType(Type):
    """One next hop: ``ip``, ``ip%interface``, ``ip@table``, ``interface`` (facts 2.3). Lists are ``list(gateway)``."""

    interfaces: str = "/interface"
    tables: str = "/routing/table"

    def parse(self, text: str, refs: References) -> str:
        head, at, table = text.partition("@")
        address, percent, interface = head.partition("%")
        if not percent and not at and not re.fullmatch(r"[\d.]+", address):
            found = refs.resolve(self.interfaces, address)
            if found is None:
                raise invalid()
            return found
        out = parse_ip(address)
        if percent:
            out += "%" + self._known(refs, self.interfaces, interface)
        if at:
            out += "@" + self._known(refs, self.tables, table)
        return out

    def points_to(self) -> frozenset[str]:
        return frozenset({self.interfaces, self.tables})

    @staticmethod
    def _known(refs: References, menu: str, text: str) -> str:
        found = refs.resolve(menu, text)
        if found is None:
            raise no_match()
        return found

    def rename(self, text: str, to: Renamer) -> str:
        head, at, table = text.partition("@")
        address, percent, interface = head.partition("%")
        if not percent and not at and not re.fullmatch(r"[\d.]+", address):
            return to(self.interfaces, text)
        out = address + (percent + to(self.interfaces, interface) if percent else "")
        return out + (at + to(self.tables, table) if at else "")
