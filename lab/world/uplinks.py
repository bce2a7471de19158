# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Internet lines as data: kinds, addresses, interfaces. Every address follows from the line's number and kind.

``10M/2M:pppoe:auth=pap,8M/2M:lte,10M:dhcp:vlan=100``: download/upload, kind, options.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

MAX_UPLINKS = 16
KINDS = ("static", "dhcp", "pppoe", "lte")
AUTHS = ("chap", "pap")
#: what an ISP's DHCP server grants, seconds. dnsmasq gives no shorter lease than two minutes; T1 and T2 are sent.
LEASE_S, RENEW_S, REBIND_S = 120, 10, 15
#: the one APN that a lab's mobile network knows
APN = "internet"

_RATE = re.compile(r"(\d+(?:\.\d+)?)([kMG]?)")
_FACTORS = {"": 1, "k": 1_000, "M": 1_000_000, "G": 1_000_000_000}


class TopologyError(ValueError):
    """An option that no lab can be built from; the text says what was seen and what is allowed."""


def parse_rate(text: str) -> int:
    """``10M`` -> 10_000_000 bit/s (decimal, as RouterOS and ISPs count)."""
    match = _RATE.fullmatch(text.strip())
    rate = int(float(match[1]) * _FACTORS[match[2]]) if match else 0
    if not 64_000 <= rate <= 10_000_000_000:
        raise TopologyError(f"speed {text!r}: a number with k, M or G from 64k to 10G is expected, for example 10M")
    return rate


@dataclass(frozen=True)
class Addressing:
    """What a line is numbered with now; an ISP may change it (world.lines). ``prefix``: length of the router's own.

    A ``gateway`` outside the network: the router reaches it on the link only. Empty: the interface is the gateway.
    """

    gateway: str
    router: str
    prefix: int = 24

    @property
    def network(self) -> str:
        return str(ipaddress.ip_network(f"{self.router}/{self.prefix}", strict=False))

    @property
    def onlink(self) -> bool:
        return ipaddress.ip_address(self.gateway) not in ipaddress.ip_network(self.network)


@dataclass(frozen=True)
class Uplink:
    """One internet line, counted from 1. Speeds in bit/s on the wire, seen from the branch.

    ``vlan``: its frames come tagged on the port (0: untagged). ``prefix``: static only; 32 has its gateway outside the
    network. ``shared``: numbered like all others of its sort (``--same-gateway``). ``modem``: which LTE modem.
    """

    number: int
    download: int
    upload: int
    kind: str = "static"
    vlan: int = 0
    prefix: int = 24
    shared: bool = False
    auth: str = "chap"
    service: str = ""
    modem: int = 0

    @property
    def name(self) -> str:
        return f"isp{self.number}"

    @property
    def port(self) -> str:
        """The port that the line is plugged into."""
        return f"lte{self.modem}" if self.kind == "lte" else f"ether{self.number}"

    @property
    def wire(self) -> str:
        """The kernel's interface at the router's end: tags are wires of their own (lab/FIDELITY.md)."""
        return f"{self.port}.{self.vlan}" if self.vlan else self.port

    @property
    def interface(self) -> str:
        """What the branch calls the interface that carries IP (the collection's names)."""
        if self.kind == "pppoe":
            return f"pppoe-{self.name}"
        return f"{self.port}-vlan{self.vlan}" if self.vlan else self.port

    @property
    def device(self) -> str:
        """The interface at the ISP's end that carries IP."""
        return "ppp0" if self.kind == "pppoe" else "cpe"

    @property
    def anchors(self) -> tuple[str, str]:
        """What the branch probes on this line; no other line has them."""
        if self.number <= 2:
            return (("8.8.4.4", "9.9.9.10"), ("1.0.0.1", "208.67.222.222"))[self.number - 1]
        return f"4.2.2.{2 * self.number - 5}", f"4.2.2.{2 * self.number - 4}"

    @property
    def plain(self) -> bool:
        """As every line was when labs had static ones only: inventories know them by heart."""
        return self.kind == "static" and not self.vlan and self.prefix == 24 and not self.shared

    @property
    def _octet(self) -> int:
        # 192.168.10.0/24 is the LAN: from the tenth line on the third octet is 110, 111, …
        return self.number if self.number < 10 else 100 + self.number

    @property
    def addressing(self) -> Addressing:
        """What the line is numbered with when the lab starts."""
        if self.kind == "pppoe":
            return Addressing(f"10.64.{self.number}.1", f"10.64.{self.number}.2", 32)
        if self.kind == "lte":
            return Addressing(f"10.96.{self.number}.1", f"10.96.{self.number}.2", 32)
        if self.shared:
            return Addressing("192.168.1.1", f"192.168.1.{100 + self.number}", 24)
        if self.prefix == 32:
            return Addressing(f"10.255.{self.number}.1", f"192.168.{self._octet}.2", 32)
        if self.prefix == 31:
            return Addressing(f"192.168.{self._octet}.4", f"192.168.{self._octet}.5", 31)
        return Addressing(f"192.168.{self._octet}.1", f"192.168.{self._octet}.2", self.prefix)

    @property
    def network(self) -> str:
        return self.addressing.network

    @property
    def gateway(self) -> str:
        return self.addressing.gateway

    @property
    def router_address(self) -> str:
        """The address of the branch on this line at first; the lab does not set it on the router."""
        return self.addressing.router

    @property
    def public_address(self) -> str:
        """The source address by which internet hosts recognise this line (TEST-NET-3, RFC 5737)."""
        return f"203.0.113.{self.number}"

    @property
    def transit(self) -> tuple[str, str]:
        """(the ISP's end, the internet's end) of the link between them."""
        return f"100.64.{self.number}.2", f"100.64.{self.number}.1"

    @property
    def username(self) -> str:
        """PPPoE: who dials. The password is the lab's own (world.Secrets)."""
        return f"{self.name}@lab.example"

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Uplink:
        return cls(**data)


def parse_uplinks(text: str, *, same_gateway: bool = False) -> tuple[Uplink, ...]:
    """``10M/10M,20M/5M:dhcp`` -> uplinks (download/upload each); ``10M`` means both directions."""
    words = [word.strip() for word in text.split(",")]
    if not 1 <= len(words) <= MAX_UPLINKS:
        raise TopologyError(f"{len(words)} uplinks: 1 to {MAX_UPLINKS} are possible")
    lines: list[Uplink] = []
    for number, word in enumerate(words, start=1):
        line = _parse(number, word)
        if line.kind == "lte":
            line = replace(line, modem=1 + sum(other.kind == "lte" for other in lines))
        if same_gateway and line.kind in ("static", "dhcp") and line.prefix == 24:
            line = replace(line, shared=True)
        lines.append(line)
    return tuple(lines)


def _parse(number: int, word: str) -> Uplink:
    speeds, *options = word.split(":")
    down, _, up = speeds.partition("/")
    line = Uplink(number, parse_rate(down), parse_rate(up or down))
    if options and "=" not in options[0]:
        kind = options.pop(0)
        if kind not in KINDS:
            raise TopologyError(f"line {number}: kind {kind!r}: {', '.join(KINDS)} are possible")
        line = replace(line, kind=kind)
    for option in options:
        line = _with(line, option)
    return line


def _with(line: Uplink, option: str) -> Uplink:
    name, _, value = option.partition("=")
    read = _OPTIONS.get(name)
    if read is None or line.kind not in read[0]:
        known = [key for key, (kinds, _read) in _OPTIONS.items() if line.kind in kinds]
        raise TopologyError(
            f"line {line.number}: option {option!r}: a {line.kind} line takes {', '.join(known) or 'none'}"
        )
    try:
        return replace(line, **{name: read[1](value)})
    except ValueError:
        raise TopologyError(f"line {line.number}: {option!r} is not possible") from None


def _between(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        number = int(text)
        if not low <= number <= high:
            raise ValueError(text)
        return number

    return read


def _number(*allowed: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if int(text) not in allowed:
            raise ValueError(text)
        return int(text)

    return read


def _word(*allowed: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in allowed:
            raise ValueError(text)
        return text

    return read


def _name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9-]{1,30}", text):
        raise ValueError(text)
    return text


#: option -> (kinds that take it, how it is read)
_OPTIONS: Mapping[str, tuple[tuple[str, ...], Callable[[str], Any]]] = {
    "vlan": (("static", "dhcp", "pppoe"), _between(1, 4094)),
    "prefix": (("static",), _number(24, 30, 31, 32)),
    "auth": (("pppoe",), _word(*AUTHS)),
    "service": (("pppoe",), _name),
}
