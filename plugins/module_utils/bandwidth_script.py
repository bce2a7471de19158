# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The script ``mw-bandwidth``: the queue of all segments gets what the living lines carry.

It looks at the gates, whoever calls it and however often: the fast layer when it closed or opened one, the scheduler
every few seconds. So it works without the fast layer, too. It writes only what differs; while no line lives it leaves
everything as it is.

Which form ``get`` gives a rate is not documented for every version, so ``9500k`` and ``9500000`` are one number
here: a script that took them for two would write to the flash every few seconds.
"""

from __future__ import annotations

from collections.abc import Iterator

from . import names
from .bandwidth_model import Rates, usable
from .bandwidth_shares import fits, guarantees, sums
from .dialect import tried
from .fast_state import array, block, lines, when
from .model import Branch
from .quoting import quote
from .scripts import call
from .versions import Version

#: How often the scheduler looks, in seconds.
TICK_S = 5
_QUEUES = "/queue simple"
_OPEN = r'comment~("\\[multiwan:failover:" . $mwName . ":gate[0-9]+\\]\$") and active=yes and disabled=no'
#: A number of bit/s out of ``mwText``.
_BITS = """\
:local mwBits do={
  :local mwUnit 1
  :local mwLong [:len $mwText]
  :local mwEnd [:pick $mwText ($mwLong - 1) $mwLong]
  :if ($mwEnd = "k") do={ :set mwUnit 1000 }
  :if ($mwEnd = "M") do={ :set mwUnit 1000000 }
  :if ($mwEnd = "G") do={ :set mwUnit 1000000000 }
  :if ($mwUnit > 1) do={ :set mwLong ($mwLong - 1) }
  :return ([:tonum [:pick $mwText 0 $mwLong]] * $mwUnit)
}"""


def caller(version: Version) -> str:
    """What others run when a line died or came back; nothing where no segment has limits."""
    there = f"[:len [/system script find where name={quote(names.SCRIPT_BANDWIDTH)}]] > 0"
    run = f":local mwFollow {call(names.SCRIPT_BANDWIDTH)}\n$mwFollow"
    return when(there, tried(run, version))


def follow(branch: Branch, version: Version) -> str:
    """The whole script."""
    count = block(":for mwI from=0 to=$mwLast", ":local mwName ($mwNames->$mwI)", _count())
    return lines(_facts(branch), _BITS, count, when("$mwDown > 0", *_change(branch, version)), "")


def _facts(branch: Branch) -> str:
    """One place for each uplink, best first. ``mwAlone``: 1 for a line that is used only when no earlier one lives."""
    uplinks = branch.by_priority
    columns: dict[str, list[object]] = {
        "mwNames": [quote(uplink.name) for uplink in uplinks],
        "mwDowns": [usable(uplink.download or 0) for uplink in uplinks],
        "mwUps": [usable(uplink.upload or 0) for uplink in uplinks],
        "mwAlone": [int(uplink.metered or branch.mode == "failover") for uplink in uplinks],
    }
    arrays = (f":local {name} {array(values)}" for name, values in columns.items())
    return lines(*arrays, f":local mwLast {len(uplinks) - 1}", ":local mwDown 0", ":local mwUp 0")


def _count() -> str:
    return when(
        "($mwAlone->$mwI) = 0 || $mwDown = 0",
        when(
            f"[:len [/ip route find where {_OPEN}]] > 0",
            ":set mwDown ($mwDown + ($mwDowns->$mwI))",
            ":set mwUp ($mwUp + ($mwUps->$mwI))",
        ),
    )


def _change(branch: Branch, version: Version) -> Iterator[str]:
    told = ':log info ("multiwan: the living lines carry " . $mwUp . "/" . $mwDown . " bit/s, up/down")'
    yield _set(names.TOTAL_QUEUE, "max-limit", "$mwUp", "$mwDown", version, then=told)
    for name, rates in guarantees(branch).items() if not fits(branch) else ():
        yield _guarantee(names.segment_queue(name), rates, sums(branch), version)


def _guarantee(queue: str, rates: Rates, total: Rates, version: Version) -> str:
    """In proportion on a line that can't keep them all: what is guaranteed is sent even beyond the parent's limit."""
    parts = []
    for variable, line, own, all_ in (
        ("mwMin", "mwUp", rates.upload or 0, total.upload or 0),
        ("mwMax", "mwDown", rates.download or 0, total.download or 0),
    ):
        parts.append(f":local {variable} {own}")
        if own:
            parts.append(f":if (${line} < {all_}) do={{ :set {variable} ({own} * ${line} / {all_}) }}")
    return lines(*parts, _set(queue, "limit-at", "$mwMin", "$mwMax", version))


def _set(queue: str, name: str, up: str, down: str, version: Version, *, then: str = "") -> str:
    """The queue may be one that somebody took away a moment ago."""
    held = f":local mwHeld [:tostr [{_QUEUES} get $mwRow {name}]]"
    cut = ':local mwCut [:find $mwHeld "/"]'
    other = (
        f"[$mwBits mwText=[:pick $mwHeld 0 $mwCut]] != {up}"
        f" || [$mwBits mwText=[:pick $mwHeld ($mwCut + 1) [:len $mwHeld]]] != {down}"
    )
    change = f'{_QUEUES} set $mwRow {name}=({up} . "/" . {down})'
    body = lines(held, cut, when(other, change, *([then] if then else [])))
    return block(f":foreach mwRow in=[{_QUEUES} find where name={quote(queue)}]", tried(body, version))
