# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Host keys of routers: pinned in the branch's file or in the fleet's ``known_hosts``, accepted on request only.

Every way out but a match is a :class:`HostKeyError` with the fingerprint and what to do.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import fcntl
import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

with contextlib.suppress(ImportError):  # ssh_console says so
    import paramiko

#: ``SHA256:`` and 43 characters of base64 without padding, as OpenSSH shows fingerprints.
FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")
#: Other names could mean something else at the beginning of a line.
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
#: The word that accepts whatever key a router shows at the first contact.
FIRST = "first"


class HostKeyError(Exception):
    """The host key is unknown, has changed, or is not the accepted one."""


@dataclass(frozen=True)
class Pins:
    """Where the right key is written. ``host_key``: the branch's own, a fingerprint or ``ssh-rsa AAAA…``, which then
    counts alone. ``accept``: a fingerprint, or :data:`FIRST`, that may be recorded when the host is not in the file.

    ``name``: of the branch. Keys are recorded by it, because all routers leave the factory with the same address; lines
    by address, as ``ssh-keyscan`` writes them, count where the name has none.
    """

    host: str
    port: int
    known_hosts: Path
    name: str
    host_key: str | None = None
    accept: str | None = None

    @property
    def address(self) -> str:
        """The host as OpenSSH writes it."""
        return self.host if self.port == 22 else f"[{self.host}]:{self.port}"

    @property
    def entry(self) -> str:
        """What a new line in the file begins with."""
        return self.name if _NAME.fullmatch(self.name) else self.address


def fingerprint(key: paramiko.PKey) -> str:
    digest = hashlib.sha256(key.asbytes()).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def is_host_key(text: str) -> bool:
    """Whether ``text`` can be a pin: a fingerprint, or type and key as ``known_hosts`` has them."""
    if FINGERPRINT.fullmatch(text):
        return True
    words = text.split()
    if len(words) < 2 or not re.fullmatch(r"[a-z0-9@.-]{3,60}", words[0]):
        return False
    try:
        blob = base64.b64decode(words[1], validate=True)
    except (binascii.Error, ValueError):
        return False
    return words[0].encode() in blob[:80]


def known_types(pins: Pins) -> tuple[str, ...]:
    """Types of the keys that are pinned, so that the router is asked for one of these. Empty: not known."""
    if pins.host_key:
        word = pins.host_key.split()[0]
        return () if FINGERPRINT.fullmatch(word) else (word,)
    return tuple(_recorded(pins))


def check(pins: Pins, key: paramiko.PKey) -> bool:
    """Whether the key is right already; ``False`` means that it was accepted and is yet to be recorded."""
    shown = fingerprint(key)
    if pins.host_key:
        if not _is(pins.host_key, key):
            raise HostKeyError(_changed(pins, key, "multiwan_ssh_host_key"))
        return True
    recorded = _recorded(pins)
    if recorded:
        if any(known.asbytes() == key.asbytes() for known in recorded.values()):
            return True
        raise HostKeyError(_changed(pins, key, str(pins.known_hosts)))
    if pins.accept in (FIRST, shown):
        return False
    raise HostKeyError(_unknown(pins, key))


def record(pins: Pins, key: paramiko.PKey) -> None:
    """Add a line to the fleet's file. Several branches may do so at once."""
    line = f"{pins.entry} {key.get_name()} {key.get_base64()}\n"
    pins.known_hosts.parent.mkdir(parents=True, exist_ok=True)
    with open(pins.known_hosts, "a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        text = file.read()
        if line not in text:
            file.write(("" if not text or text.endswith("\n") else "\n") + line)


def _recorded(pins: Pins) -> Mapping[str, paramiko.PKey]:
    if not os.path.exists(pins.known_hosts):
        return {}
    try:
        keys = paramiko.HostKeys(str(pins.known_hosts))
        found = keys.lookup(pins.entry) or keys.lookup(pins.address)
    except (OSError, paramiko.SSHException, UnicodeDecodeError) as error:
        raise HostKeyError(f"the file {pins.known_hosts} can't be read: {error}") from None
    return dict(found.items()) if found else {}


def _is(pin: str, key: paramiko.PKey) -> bool:
    if FINGERPRINT.fullmatch(pin):
        return pin == fingerprint(key)
    return pin.split()[:2] == [key.get_name(), key.get_base64()]


def _unknown(pins: Pins, key: paramiko.PKey) -> str:
    shown = fingerprint(key)
    other = f" (it is not {pins.accept}, which was to be accepted)" if pins.accept else ""
    return (
        f"the host key of {pins.address} is not known: {key.get_name()} {shown}{other}. Nothing was sent. If it is the"
        " router's (compare over a cable beside it: ssh-keyscan), accept it with"
        f" -e multiwan_ssh_accept_host_key={shown} and --limit this host, which records it in {pins.known_hosts};"
        f" or write it into the branch's file as multiwan_ssh_host_key: {shown}"
    )


def _changed(pins: Pins, key: paramiko.PKey, where: str) -> str:
    return (
        f"THE HOST KEY OF {pins.address} HAS CHANGED: it shows {key.get_name()} {fingerprint(key)}, which is not the"
        f" one of {where}. Either somebody stands in between, or the router was reset or replaced. Nothing was sent. If"
        f" you know that it was, take the old key out of {where} and run this again"
    )
