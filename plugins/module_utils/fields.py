# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reads one mapping that a person wrote, key by key, and remembers every mistake with its path."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import Any, TypeVar

from . import rates
from .problems import Problems, show

T = TypeVar("T")

NAME_ALLOWED = "a name like isp1: a to z, 0 to 9 and -, beginning with a letter, at most 15 characters"
_NAME = re.compile(r"[a-z][a-z0-9-]{0,14}")
#: Other keys are not repeated: somebody may have put a secret in the place of a key.
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,30}")
_INTERFACE = re.compile(r"(?! )[A-Za-z0-9._<>()*+ -]{1,63}(?<! )")
_MAC = re.compile(r"[0-9A-F]{2}(?::[0-9A-F]{2}){5}")
#: The charset alone keeps both harmless inside a script; the lengths are those that BotFather gives, generously.
_TOKEN = re.compile(r"[0-9]{3,20}:[A-Za-z0-9_-]{6,80}")
_CHAT = re.compile(r"-?[1-9][0-9]{0,19}|@[A-Za-z][A-Za-z0-9_]{3,31}")
_HTTPS = re.compile(r"https://[A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?")
#: Not 255.255.255.0, which RouterOS does not print either.
_WITH_PREFIX = re.compile(r"[0-9.]+/[0-9]{1,2}")
_MAX_LABEL = 64


def did_you_mean(word: str, known: Iterable[str], *, prefix: str = "") -> str:
    """``did you mean x?`` or the whole list. A ``prefix`` that all share says nothing about likeness."""
    names = sorted(known)
    short = {name.removeprefix(prefix): name for name in names}
    close = difflib.get_close_matches(word.removeprefix(prefix), short, n=1, cutoff=0.6)
    return f"did you mean {short[close[0]]}?" if close else "one of " + ", ".join(names)


class Fields:
    """One mapping under ``path``. A reader gives the parsed value, or ``None`` after noting the mistake.

    ``show`` makes a wrong value presentable. Unknown keys are noted at once. A missing key is a mistake only for
    readers called with ``required``.
    """

    def __init__(
        self, value: Any, path: str, problems: Problems, known: Iterable[str], *, show: Callable[[Any], str] = show
    ) -> None:
        self.path = path
        self.problems = problems
        self._known = tuple(known)
        self._show = show
        self.values: Mapping[str, Any] = {}
        self.is_mapping = isinstance(value, Mapping)
        if not isinstance(value, Mapping):
            problems.add(path, show(value), "a mapping with " + ", ".join(self._known))
            return
        self.values = value
        for key in value:
            if key not in self._known:
                shown = key if _KEY.fullmatch(str(key)) else "…"
                problems.add(f"{path}.{shown}", "an unknown key", did_you_mean(str(key), self._known))

    def has(self, key: str) -> bool:
        return self.values.get(key) is not None

    def at(self, key: str) -> str:
        return f"{self.path}.{key}"

    def wrong(self, key: str, allowed: str) -> None:
        self.problems.add(self.at(key), self._show(self.values.get(key)), allowed)

    def read(self, key: str, parse: Callable[[Any], T], allowed: str, *, required: bool = False) -> T | None:
        """``parse`` raises ``ValueError`` for what is not ``allowed``."""
        value = self.values.get(key)
        if value is None:
            # What is no mapping at all was already noted as a whole.
            if required and self.is_mapping:
                self.wrong(key, allowed)
            return None
        try:
            return parse(value)
        except ValueError:
            self.wrong(key, allowed)
            return None

    def name(self, key: str = "name") -> str | None:
        return self.read(key, _matching(_NAME), NAME_ALLOWED, required=True)

    def interface(self, key: str = "interface", *, required: bool = True) -> str | None:
        return self.read(
            key,
            _matching(_INTERFACE),
            "the name of an interface on the router, without blanks around it",
            required=required,
        )

    def label(self, key: str, default: str) -> str:
        return self.read(key, _label, f"one line of text, 1 to {_MAX_LABEL} characters") or default

    def choice(self, key: str, choices: Iterable[str], default: str, *, hint: str = "") -> str:
        options = tuple(choices)
        return self.read(key, _one_of(options), "one of " + ", ".join(options) + hint) or default

    def boolean(self, key: str, default: bool) -> bool:
        value = self.read(key, _boolean, "true or false")
        return default if value is None else value

    def integer(self, key: str, low: int, high: int) -> int | None:
        return self.read(key, _between(low, high), f"a whole number from {low} to {high}")

    def rate(self, key: str) -> int | None:
        return self.read(key, rates.parse_rate, rates.ALLOWED)

    def host(self, key: str) -> IPv4Address | None:
        return self.read(key, unicast, "an IPv4 address such as 192.168.1.1", required=True)

    def interface_address(self, key: str) -> IPv4Interface | None:
        return self.read(
            key, own_address, "the router's own IPv4 address with its prefix, such as 192.168.1.2/24", required=True
        )

    def network(self, key: str) -> IPv4Network | None:
        return self.read(key, strict_network, "a network such as 10.0.0.0/8 or one address")

    def items(self, key: str, allowed: str) -> Iterator[tuple[str, Any]]:
        """Path and value of each item of a list."""
        return list_items(self.values.get(key), self.at(key), self.problems, allowed)


def list_items(value: Any, path: str, problems: Problems, allowed: str) -> Iterator[tuple[str, Any]]:
    """Nothing for ``None``; a mistake for what is no list."""
    if value is None:
        return
    if not isinstance(value, (list, tuple)):
        problems.add(path, show(value), allowed)
        return
    for index, item in enumerate(value):
        yield f"{path}[{index}]", item


def unicast(value: Any) -> IPv4Address:
    """An address that a host can have. ``ValueError`` otherwise."""
    address = IPv4Address(_text(value))
    if address.is_multicast or address.is_loopback or address.is_unspecified or address.is_link_local:
        raise ValueError(value)
    if int(address) >= 0xF0000000:
        raise ValueError(value)
    return address


def own_address(value: Any) -> IPv4Interface:
    text = _text(value)
    if not _WITH_PREFIX.fullmatch(text):
        raise ValueError(value)
    interface = IPv4Interface(text)
    unicast(str(interface.ip))
    network = interface.network
    if network.prefixlen == 0 or (network.prefixlen < 31 and interface.ip in (network[0], network[-1])):
        raise ValueError(value)
    return interface


def strict_network(value: Any) -> IPv4Network:
    """A network without host bits, never the whole internet."""
    text = _text(value)
    if "/" in text and not _WITH_PREFIX.fullmatch(text):
        raise ValueError(value)
    network = IPv4Network(text)
    if network.prefixlen == 0:
        raise ValueError(value)
    return network


def mac(value: Any) -> str:
    text = _text(value).upper().replace("-", ":")
    if not _MAC.fullmatch(text) or text == "00:00:00:00:00:00":
        raise ValueError(value)
    return text


def is_bot_token(value: str) -> bool:
    return bool(_TOKEN.fullmatch(value))


def chat_id(value: Any) -> str:
    text = str(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else ""
    if not _CHAT.fullmatch(text):
        raise ValueError(value)
    return text


def https_url(value: Any) -> str:
    text = _text(value).rstrip("/")
    if not _HTTPS.fullmatch(text):
        raise ValueError(value)
    return text


def interface_name(value: Any) -> str:
    """What may be the name of an interface. ``ValueError`` otherwise."""
    if not _INTERFACE.fullmatch(_text(value)):
        raise ValueError(value)
    return str(value)


def name_of_item(value: Any) -> str:
    """What may be the name of an uplink or segment. ``ValueError`` otherwise."""
    if not _NAME.fullmatch(_text(value)):
        raise ValueError(value)
    return str(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(value)
    return str(value)


def _matching(pattern: re.Pattern[str]) -> Callable[[Any], str]:
    def parse(value: Any) -> str:
        if not pattern.fullmatch(_text(value)):
            raise ValueError(value)
        return str(value)

    return parse


def _label(value: Any) -> str:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else _text(value)
    if not 1 <= len(text) <= _MAX_LABEL or not text.isprintable() or not text.strip():
        raise ValueError(value)
    return text


def _one_of(options: tuple[str, ...]) -> Callable[[Any], str]:
    def parse(value: Any) -> str:
        if value not in options:
            raise ValueError(value)
        return str(value)

    return parse


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(value)
    return value


def _between(low: int, high: int) -> Callable[[Any], int]:
    def parse(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, (int, str)):
            raise ValueError(value)
        if not re.fullmatch(r"[0-9]{1,10}", str(value)):
            raise ValueError(value)
        number = int(value)
        if not low <= number <= high:
            raise ValueError(value)
        return number

    return parse
