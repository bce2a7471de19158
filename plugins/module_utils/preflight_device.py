# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the device itself lacks or forbids: version, packages, device-mode, authorities, clock, space."""

from __future__ import annotations

import re
from collections.abc import Iterator

from . import device_mode, failover, notify
from .diff import own_rows
from .menus import BY_PATH
from .preflight_finding import Finding, error, warning
from .preflight_view import Reader, View, yes
from .router_api import Ask, Looks
from .tags import tag
from .versions import BUILTIN_CA, NEWEST, TABLES, Version

CERTIFICATES, SETTINGS = Ask("/certificate", ("trusted", "private-key")), Ask("/certificate/settings")
PACKAGES = Ask("/system/package", ("name", "disabled", "version"))
CLOCK, FILES = Ask("/system/clock", ("date", "time")), Ask("/file", ("name", "type"))
RESOURCE = Ask("/system/resource", ("free-hdd-space", "build-time"))
_FAST = tag(failover.ROLE, failover.FAST)
_SENDER = tag(notify.ROLE, notify.TELEGRAM)
#: The script that gives the router an authority.
_GIVEN = tag(notify.ROLE, notify.TRUST)
#: Words of ``builtin-trust-store`` (7.21 on) that include fetch; ``trusted`` is the one of 7.19 and 7.20.
_TRUSTS = frozenset({"trusted", "all", "default", "fetch"})
#: Packages of RouterOS 6 and what they bring of what is written (manual of RouterOS 6, "packages"). From 7 on all of it
#: is in the one package routeros.
_SIX_PACKAGES = {"/tool/netwatch": "advanced-tools", "/ip/dhcp-server/alert": "dhcp"}
_UNIT = {"": 1, "B": 1, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
#: Bytes that stay free: RouterOS keeps its own configuration on the same flash, which must never be full.
_RESERVE = 64 * 1024
#: Bytes of a backup beside what is ours. A guess upwards: those of small branches have tens of kB.
_BACKUP = 192 * 1024
_CURE = (
    "/system/device-mode/update {0}=yes allows it, confirmed within five minutes by its button or by cutting its"
    " power; then run this again"
)


def newer(version: Version) -> Iterator[Finding]:
    if version > NEWEST:
        yield warning(
            "version",
            f"RouterOS {version} is newer than {NEWEST.major}.{NEWEST.minor}, the last that this release was compared"
            " with",
        )


def packages(view: View, reader: Reader) -> Iterator[Finding]:
    """``view.router`` holds every menu that the router could print: one that the plan needs and that is missing there
    is a package that is missing."""
    off: set[str] = set()
    if not TABLES.on(view.version):
        rows = reader.rows(*PACKAGES)
        off = {row.values.get("name", "") for row in rows if yes(row.values.get("disabled"))}
    for menu in dict.fromkeys(row.menu for row in view.rows):
        package = _SIX_PACKAGES.get(menu, "system")
        there = menu in view.router or menu not in BY_PATH
        if there and (TABLES.on(view.version) or package not in off):
            continue
        if TABLES.on(view.version):
            words = f"the router has no {menu}, which every RouterOS {view.version} should have: install it anew"
        elif package in off:
            words = f"the package {package}, which holds {menu}, is disabled: /system/package/enable {package}, reboot"
        else:
            words = f"the router has no {menu}: install the package {package} of RouterOS {view.version}, reboot"
        yield error("packages", words)


def forbidden(view: View, api: Looks, *, dead_man: bool, forced: bool) -> Iterator[Finding]:
    """``dead_man``: it will be armed for these writes. ``forced``: the operator goes without it."""
    tags = view.tags & {_SENDER, _FAST}
    if not (tags or dead_man):
        return
    features = device_mode.forbidden(api, view.version)
    if device_mode.SCHEDULER in features:
        if dead_man:
            yield error("device-mode", _unprotected(forced=forced))
        if _FAST in tags:
            yield warning(
                "device-mode",
                "device-mode forbids the scheduler: the fast failover stays off, so that a dead uplink is noticed by"
                " RouterOS' own checks only, after 10 to 30 s, its connections are not cleaned up, and nothing is"
                f" told. {_CURE.format('scheduler')}",
            )
        elif _SENDER in tags:
            yield warning(
                "device-mode",
                f"device-mode forbids the scheduler: no message will be sent. {_CURE.format('scheduler')}",
            )
    if "fetch" in features and _SENDER in tags:
        words = f"device-mode forbids fetch: no message will be sent. {_CURE.format('fetch')}"
        yield warning("device-mode", words)


def _unprotected(*, forced: bool) -> str:
    seen = "/system/device-mode says scheduler=no: the dead man would never run"
    if forced:
        return f"{seen}. The writes are made without it: if they cut the branch off, somebody has to go there"
    return (
        f"{seen}, so nothing would bring the branch back after a change that cuts it off. {_CURE.format('scheduler')}"
    )


def authority(view: View, reader: Reader) -> Iterator[Finding]:
    if _SENDER not in view.tags or _GIVEN in view.tags or _trusts_anyone(view.version, reader):
        return
    if BUILTIN_CA.on(view.version):
        cure = "let fetch use the built-in authorities (/certificate/settings), or import the one that signed it"
    else:
        cure = "import the one that signed it (/certificate/import); RouterOS brings its own only from 7.19 on"
    yield warning(
        "authority",
        "no Telegram message will be sent: the router trusts no authority that could vouch for the server, and nothing"
        f" is sent unchecked. Before you rely on messages, {cure}",
    )


def _trusts_anyone(version: Version, reader: Reader) -> bool:
    """Whether some authority could vouch for the server of the messages. Which one it needs is not known here.

    A certificate with a private key is the router's own, made for its services.
    """
    if BUILTIN_CA.on(version):
        settings = [row.values for row in reader.rows(*SETTINGS)]
        stores = [row.get("builtin-trust-store", row.get("builtin-trust-anchors")) for row in settings]
        if any(store is None or store == "" or _TRUSTS & set(store.split(",")) for store in stores) or not stores:
            return True
    certificates = [row.values for row in reader.rows(*CERTIFICATES)]
    return any(yes(row.get("trusted")) and not yes(row.get("private-key")) for row in certificates)


# --- of the moment: only looked at before writes


def clock(reader: Reader) -> Iterator[Finding]:
    """A device without a clock of its own begins in the past after every power cut."""
    made = _date(_resource(reader).get("build-time", ""))
    told = next((row.values.get("date", "") for row in reader.rows(*CLOCK)), "")
    today = _date(told)
    if made is None or today is None or today >= made:
        return
    client = next((row.values for row in reader.rows("/system/ntp/client", ("enabled",))), {})
    cure = (
        "/system/ntp/client is on: see whether its servers answer"
        if yes(client.get("enabled"))
        else "set it, and let /system/ntp/client keep it"
    )
    yield warning(
        "clock",
        f"/system/clock says {told}, before this RouterOS was made ({made}): it was never set. Certificates count as"
        f" not yet valid, so that no message is sent, and times in messages and log are wrong. Cure: {cure}",
    )


def space(view: View, reader: Reader, *, backup: bool) -> Iterator[Finding]:
    """What is ours stands there once as rows, once in the backup and once as the way back."""
    text = _resource(reader).get("free-hdd-space", "")
    free = _bytes(text)
    planned = sum(len(str(value)) for row in view.rows for value in row.values.values())
    held = sum(
        len(text) for rows in view.router.values() for row in own_rows(rows, None) for text in row.values.values()
    )
    need = _RESERVE + 3 * max(planned, held) + (_BACKUP if backup else 0)
    if free is None or free >= need:
        return
    cure = "remove files (/file)" + (", or do without the backup (multiwan_backup: false)" if backup else "")
    yield error(
        "space",
        f"/system/resource says free-hdd-space={text}; the change wants {need // 1024} KiB for its rows, the way back"
        f"{' and the backup' if backup else ''}, and a full flash keeps RouterOS from storing its configuration:"
        f" {cure}",
    )


def ram_disk(reader: Reader) -> Iterator[Finding]:
    """Devices with a folder ``flash`` keep everything outside of it in memory (manual, files)."""
    if any(row.values.get("name") == "flash" for row in reader.rows(*FILES)):
        yield warning(
            "ram-disk",
            "the device keeps files in memory except those in the folder flash: a backup outside of it is gone after"
            " a reboot. The way back by scripts is not, and needs no backup",
        )


def _resource(reader: Reader) -> dict[str, str]:
    rows = reader.rows(*RESOURCE)
    return dict(rows[0].values) if rows else {}


def _bytes(text: str) -> int | None:
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)\s*([KMG]iB|B|)", text)
    return int(float(match[1]) * _UNIT[match[2]]) if match else None


def _date(text: str) -> str | None:
    """``2026-01-31``, which is how RouterOS writes a date from 7.10 on; before, ``jan/31/2026``. A time may follow."""
    if match := re.match(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\b", text):
        return match[1]
    match = re.match(r"([a-z]{3})/([0-9]{2})/([0-9]{4})\b", text.lower())
    if match is None or match[1] not in _MONTHS:
        return None
    return f"{match[3]}-{_MONTHS.index(match[1]) + 1:02}-{match[2]}"
