# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values as the console writes them: yes and no, sizes with units, counters in groups of three (facts 7.4, 11.4)."""

from __future__ import annotations

import re

#: counters; connections print ``orig-bytes=47 603`` [ntc]
_COUNTER = re.compile(r"(?:(?:orig|repl|total|queued)(?:-\w+)?-)?(?:bytes|packets|dropped)$|(?:fp-)?[rt]x-[a-z-]+$")
_SIZES = frozenset({"free-memory", "total-memory", "free-hdd-space", "total-hdd-space", "size"})
_LIMITS = frozenset({"max-limit", "limit-at", "burst-limit", "burst-threshold"})
_RATES = frozenset({"rate", "orig-rate", "repl-rate", "total-rate"})
_UNITS = {"cpu-load": "%", "cpu-frequency": "MHz", "bad-blocks": "%", "load": "%"}
_SWITCH = {"true": "yes", "false": "no"}
#: text that is written without quotes all the same: names that rules refer to [ntc nat, route and list samples]
_BARE = re.compile(r"(?:.*-)?(?:mark|marks|list|lists|chain|topics|policy|time|table|action|kind)$|jump-target|ranges")
#: read-only properties that are text [ntc interface, neighbor and log samples]
_TEXT = frozenset(
    {"default-name", "message", "owner", "identity", "platform", "version", "software-id", "board", "interface-name"}
    | {"system-description", "active-client-id", "class-id"}
)
#: the same where the name alone does not say it
_TEXT_IN = {"/interface": frozenset({"type"}), "/system/history": frozenset({"action", "by"})}
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "$": "\\$"}


def shown(name: str, text: str) -> str:
    """A value as the API has it in the words of the console."""
    if text in _SWITCH:
        return _SWITCH[text]
    if name in _UNITS and text.isdigit():
        return text + _UNITS[name]
    if name in _SIZES and text.isdigit():
        return size(int(text))
    if name in _LIMITS or name in _RATES:
        scale = limit if name in _LIMITS else rate
        return "/".join(scale(int(part)) if part.isdigit() else part for part in text.split("/"))
    if _COUNTER.match(name):
        return "/".join(grouped(part) for part in text.split("/"))
    return text


def size(count: int) -> str:
    """``40.2MiB``, ``1196.0KiB``: the next unit begins at 4096 of the one before [ntc system resource samples]."""
    amount = float(count)
    units = ["", "KiB", "MiB", "GiB"]
    while amount >= 4096 and len(units) > 1:
        amount /= 1024
        units.pop(0)
    return f"{amount:.1f}{units[0]}" if units[0] else str(count)


def limit(bits: int) -> str:
    """``10M``, ``512k``: the largest unit that leaves no rest."""
    for factor, unit in ((1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k")):
        if bits and bits % factor == 0:
            return f"{bits // factor}{unit}"
    return str(bits)


def rate(bits: int) -> str:
    """``1344bps``, ``15.2kbps`` [ntc connection sample]."""
    if bits < 10_000:
        return f"{bits}bps"
    for factor, unit in ((1_000_000_000, "Gbps"), (1_000_000, "Mbps"), (1_000, "kbps")):
        if bits >= factor:
            return f"{bits / factor:.1f}{unit}"
    return f"{bits}bps"


def grouped(text: str) -> str:
    """``47 603``"""
    return f"{int(text):,}".replace(",", " ") if text.isdigit() else text


def is_text(menu: str, name: str, declared: bool) -> bool:
    """Whether a property is written in quotes. ``declared``: the schema says that it is free text."""
    return name in _TEXT or name in _TEXT_IN.get(menu, ()) or (declared and not _BARE.match(name))


def quoted(text: str) -> str:
    return '"' + "".join(_ESCAPES.get(character, character) for character in text) + '"'
