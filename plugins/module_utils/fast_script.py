# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The script of the fast layer, ``mw-failover``: it opens and closes gates.

It computes what should be from what is: the status of the probes, which gate rows are disabled, and a few rows of
state. It never asks what just happened, so lost events, a reboot, two events at once and a run that was cut off all end
in the right state with the next run. Netwatch starts it at every change, the scheduler every few seconds.

Netwatch's scripts have ``read,write,test,reboot`` and see no one's global variables (manual, netwatch): state is kept
in rows of an address list, see :mod:`fast_state`.

Variables that blocks share: ``mwI`` an uplink's place in the arrays, ``mwName`` and ``mwPlace`` its name and number;
``mwIs`` 0 not known, 1 alive, 2 poor, 3 dead; ``mwWas`` 1 when the gate was closed; ``mwWish`` 1 for open; ``mwLive``
how many lines that are not metered shall be open, ``mwAny`` how many of all.
"""

from __future__ import annotations

from collections.abc import Iterable

from . import names
from .bandwidth_script import caller
from .dialect import attempt, tried
from .fast_messages import messages
from .fast_state import STATE, array, block, each, forget, lines, note, noted, places, when
from .model import Branch, Uplink
from .quoting import quote
from .scripts import LIST, call, run_script
from .versions import TABLES, Version

#: How often the scheduler looks, in seconds: how late a lost event or the end of a hold-down is noticed.
TICK_S = 5

_LOCK = f"list={quote(names.LOCK_LIST)}"
#: A run that was killed holds the lock for so long.
_LOCK_TIME = "30s"
_WANTED = f"comment={quote('wanted')}"
#: Connections that one run removes, so that the next death does not wait long for the lock.
_BATCH = 500
# The whole tag at the end: a label, or somebody's note, may hold the words of a tag.
_EVERY_GATE = "comment~" + quote(r"\[multiwan:failover:[a-z0-9-]+:gate[0-9]+\]$")
_ITS_GATES = r'comment~("\\[multiwan:failover:" . $mwName . ":gate[0-9]+\\]\$")'
_ITS_PROBES = r'comment~("\\[multiwan:failover:" . $mwName . ":probe[0-9]+\\]\$")'
_DISABLED = f"/ip route find where {_ITS_GATES} and disabled=yes"
_ENABLED = f"/ip route find where {_ITS_GATES} and disabled=no"


def event() -> str:
    """What netwatch runs. Parsed and called, not run as a script: that would compare policies."""
    return f":local mwRun {call(names.SCRIPT_FAILOVER)}\n$mwRun\n"


def scheduler_event(branch: Branch) -> str:
    """What the scheduler runs. A healthy branch costs three commands that only read, and no more text to parse than
    this."""
    probes = "comment~" + quote(r"\[multiwan:failover:[a-z0-9-]+:probe[0-9]+\]$")
    anchors = sum(len(uplink.anchors) for uplink in branch.uplinks)
    return lines(
        f':local mwUp [:len [/tool netwatch find where {probes} and status="up"]]',
        f":local mwNoted [:len [{LIST} find where {STATE}]]",
        f":local mwShut [:len [/ip route find where {_EVERY_GATE} and disabled=yes]]",
        when(f"$mwUp < {anchors} || $mwNoted > 0 || $mwShut > 0", run_script(names.SCRIPT_FAILOVER)),
        "",
    )


def failover(branch: Branch, version: Version) -> str:
    """The whole script."""
    return lines(_facts(branch), _locked(_guarded(_work(branch, version), version), version), "")


def _facts(branch: Branch) -> str:
    """One array for each fact with one place for each uplink."""
    uplinks = branch.uplinks
    columns: dict[str, list[object]] = {
        "mwNames": [quote(uplink.name) for uplink in uplinks],
        "mwPlaces": [quote(place) for place in places([uplink.name for uplink in uplinks])],
        "mwLabels": [quote(uplink.label) for uplink in uplinks],
        "mwNeeds": [uplink.probe.quorum for uplink in uplinks],
        "mwSpares": [len(uplink.anchors) - uplink.probe.quorum for uplink in uplinks],
        "mwHolds": [f"{uplink.probe.interval_s * uplink.probe.good_checks}s" for uplink in uplinks],
        "mwOwns": [quote(_address_pattern(uplink)) for uplink in uplinks],
        "mwMetered": [int(uplink.metered) for uplink in uplinks],
    }
    if _changing(branch):
        columns["mwPorts"] = [quote(uplink.interface) for uplink in uplinks]
    arrays = (f":local {name} {array(values)}" for name, values in columns.items())
    return lines(*arrays, f":local mwLast {len(uplinks) - 1}")


def _address_pattern(uplink: Uplink) -> str:
    """The router's own address on the line, with or without a port behind it: that changed within RouterOS 7. Empty
    where only the router knows it."""
    return "" if uplink.address is None else "^" + str(uplink.address.ip).replace(".", "\\.") + "(:|$)"


def _changing(branch: Branch) -> bool:
    """Whether a line has its address from the ISP."""
    return any(uplink.address is None for uplink in branch.uplinks)


def _own_now() -> str:
    """The pattern of the addresses that the line has at this moment; without any, one that nothing matches. Between
    numbers of an address no other sign fits than the dot."""
    addresses = "/ip address"
    return when(
        '$mwOwn = ""',
        ':set mwOwn "none"',
        ":local mwPort ($mwPorts->$mwI)",
        block(
            f":foreach mwRow in=[{addresses} find where interface=$mwPort]",
            f":local mwText [:tostr [{addresses} get $mwRow address]]",
            ':set mwOwn ($mwOwn . "|" . [:pick $mwText 0 [:find $mwText "/"]])',
        ),
        r':set mwOwn ("^(" . $mwOwn . ")(:|\$)")',
    )


# --- one run at a time


def _locked(work: str, version: Version) -> str:
    """Who finds the lock taken leaves a request behind; its holder looks for one after unlocking. So a request is
    either seen by the holder or made when the lock is free."""
    taken = f"{LIST} add {_LOCK} address=240.255.0.2 timeout={_LOCK_TIME} comment=taken"
    failed = ':log error "multiwan: a run of mw-failover failed, the next one comes by itself"'
    return lines(
        _ask_again(version),
        ":local mwAgain true",
        block(
            ":while ($mwAgain)",
            ":set mwAgain false",
            ':local mwLock ""',
            tried(f":set mwLock [{taken}]", version),
            when(
                "[:len $mwLock] > 0",
                tried(f"{LIST} remove [find where {_LOCK} and {_WANTED}]", version),
                attempt(work, failed, version, error="mwError"),
                tried(f"{LIST} remove $mwLock", version),
                f":set mwAgain ([:len [{LIST} find where {_LOCK} and {_WANTED}]] > 0)",
            ),
        ),
    )


def _ask_again(version: Version) -> str:
    return tried(f"{LIST} add {_LOCK} address=240.255.0.1 timeout=1m {_WANTED}", version)


def _guarded(work: str, version: Version) -> str:
    """Without a scheduler that runs, nobody would open a gate again: so all are open and the native layer is alone.

    After a boot an event may come before the scheduler; that the chat was told of a closed gate is written down."""
    row = f"[find where name={quote(names.SCRIPT_FAILOVER)} and disabled=no]"
    told = note("told", version, comment='("told " . $mwName . " 3")')
    return lines(
        ":local mwTicks 0",
        tried(f":set mwTicks [/system scheduler get {row} run-count]", version),
        when(
            "$mwTicks = 0",
            each(when(f"[:len [{_DISABLED}]] > 0", told)),
            f"/ip route set [find where {_EVERY_GATE} and disabled=yes] disabled=no",
        ),
        when("$mwTicks > 0", work),
    )


# --- what is, and what should be


def _work(branch: Branch, version: Version) -> str:
    # keyed by name: every version is known to set an element by its key, not by its number
    zeros = array(f"{quote(uplink.name)}=0" for uplink in branch.uplinks)
    fresh = [f":local {name} {zeros}" for name in ("mwIs", "mwWas", "mwWish")] + [":local mwLive 0", ":local mwAny 0"]
    known = "|".join(uplink.name for uplink in branch.uplinks)
    others = f"!(comment~{quote(f'^(all|over) |^[a-z]+ ({known})( |$)')})"
    strays = tried(f"{LIST} remove [find where {STATE} and {others}]", version)  # of an uplink that is no more
    parts = [
        *fresh,
        strays,
        each(*_verdict(branch, version)),
        *_wishes(),
        *_switch(version),
        caller(version),
        each(*_clean_up(branch, version)),
    ]
    if any(uplink.metered for uplink in branch.uplinks):
        parts.append(each(when("($mwMetered->$mwI) = 1", *_leave_metered(branch, version))))
    return lines(*parts, *messages(branch, version))


def _verdict(branch: Branch, version: Version) -> Iterable[str]:
    """A line is alive while enough anchors answer, dead when too few can, and else not known: then nothing changes."""
    poor = any(uplink.probe.loss is not None or uplink.probe.latency_ms is not None for uplink in branch.uplinks)
    answered = "[:tonum [/tool netwatch get $mwRow response-count]]"
    count_mute = ":set mwMute ($mwMute + 1)"
    if not TABLES.on(version):
        count_mute += "\n:set mwHost [/tool netwatch get $mwRow host]"
        yield ':local mwHost ""'
    yield ":local mwGood 0\n:local mwBad 0\n:local mwMute 0\n:local mwVerdict 0"
    # not documented: whether a literal that was changed is fresh when it is met again
    yield ":set ($mwWas->$mwName) 0\n:set ($mwWish->$mwName) 0"
    yield block(
        f":foreach mwRow in=[/tool netwatch find where {_ITS_PROBES}]",
        ":local mwStatus [/tool netwatch get $mwRow status]",
        when('$mwStatus = "up"', ":set mwGood ($mwGood + 1)"),
        when(
            '$mwStatus = "down"',
            ":set mwBad ($mwBad + 1)",
            # a probe that got answers failed by its thresholds only
            f":if ({answered} > 0) do={{}} else={{ {count_mute} }}" if poor else count_mute,
        ),
    )
    yield ":if ($mwBad > ($mwSpares->$mwI)) do={ :set mwVerdict 2 }"
    yield ":if ($mwMute > ($mwSpares->$mwI)) do={ :set mwVerdict 3 }"
    yield ":if ($mwGood >= ($mwNeeds->$mwI)) do={ :set mwVerdict 1 }"
    yield f":if ([:len [{_DISABLED}]] > 0) do={{ :set ($mwWas->$mwName) 1 }}"
    if not TABLES.on(version):
        # Netwatch of RouterOS 6 sends a single packet, and one lost packet is no death: ask again before closing. One
        # of the silent anchors speaks for all of them. An answer counts within the interval (manual of 2.7, /ping).
        ask = tried(":set mwPongs [/ping $mwHost count=2 interval=1s]", version)
        found = ":if ($mwPongs > 0) do={ :set mwVerdict 0 }"
        yield when("$mwVerdict = 3 && ($mwWas->$mwName) = 0", ":local mwPongs 0", ask, found)
    # the hold-down begins with the first good look; the last bad one may be a tick older
    yield when("$mwVerdict > 1", note("bad", version), forget("hold", version))
    hold = note("hold", version, timeout="($mwHolds->$mwI)")
    yield when(f"$mwVerdict = 1 && [:len {noted('bad')}] > 0", hold, forget("bad", version))
    yield ":set ($mwIs->$mwName) $mwVerdict"
    free = f"($mwWas->$mwName) = 0 || [:len {noted('hold')}] = 0"
    yield f":if ($mwVerdict = 1 && ({free})) do={{ :set ($mwWish->$mwName) 1 }}"
    yield ":if ($mwVerdict = 0 && ($mwWas->$mwName) = 0) do={ :set ($mwWish->$mwName) 1 }"


def _wishes() -> Iterable[str]:
    """Nothing is held back when nothing else carries. A metered line counts for nothing while another answers."""
    yield each(":if (($mwMetered->$mwI) = 0 && ($mwWish->$mwName) = 1) do={ :set mwLive ($mwLive + 1) }")
    for verdict in (1, 2):
        yield _rescue("mwLive", verdict, metered=0)
    yield each(":if (($mwWish->$mwName) = 1) do={ :set mwAny ($mwAny + 1) }")
    for verdict in (1, 2):
        yield _rescue("mwAny", verdict, metered=1)


def _rescue(counter: str, verdict: int, *, metered: int) -> str:
    test = f"($mwMetered->$mwI) = {metered} && ($mwIs->$mwName) = {verdict}"
    found = when(test, ":set ($mwWish->$mwName) 1", ":set mwFound ($mwFound + 1)")
    return when(f"${counter} = 0", ":local mwFound 0", each(found), f":set {counter} $mwFound")


def _switch(version: Version) -> Iterable[str]:
    """Open before closing. The row of state comes before the gate: it holds the moment of the death. A gate that was
    closed without that row lost it at a reboot: the chat was told before, and not when it began."""
    gates = f"/ip route set [find where {_ITS_GATES}]"
    since = note("down", version, comment='("down " . $mwName . " " . $mwTime)')
    told = note("told", version, comment='("told " . $mwName . " " . ($mwIs->$mwName))')
    yield ':local mwTime ([/system clock get date] . " " . [/system clock get time])'
    yield each(
        when(
            "($mwWish->$mwName) = 1 && ($mwWas->$mwName) = 1",
            f"{gates} disabled=no",
            ':log warning ("multiwan: " . ($mwLabels->$mwI) . " is used again")',
        )
    )
    yield each(
        when(
            "($mwIs->$mwName) > 1",
            f":local mwKnown [:len {noted('down')}]",
            when("($mwWas->$mwName) = 1 && $mwKnown = 0", told),
            when("($mwWas->$mwName) = 0", since),
        ),
        when(
            # a deploy during the outage may have added a row to a gate that is closed
            f"($mwWish->$mwName) = 0 && [:len [{_ENABLED}]] > 0",
            f"{gates} disabled=yes",
            ':log warning ("multiwan: " . ($mwLabels->$mwI) . " is not used now")',
        ),
    )


def _remove_connections(branch: Branch, version: Version) -> str:
    """All with the uplink's mark but those to the router itself: a session of its administrator ends by itself or not
    at all. And the router's own that left here, such as tunnels: their answers go to its address on this line.

    ``mwLeft``: whether there are more. A connection may be gone before it is removed, which is an error each time."""
    marked = "connection-mark=$mwMark and !(reply-src-address~$mwOwn)"
    remove = tried("/ip firewall connection remove $mwConnection", version)
    sweeps = (
        lines(
            f":set mwFound [/ip firewall connection find where {those}]",
            f":if ([:len $mwFound] > {_BATCH}) do={{ :set mwLeft true; :set mwFound [:pick $mwFound 0 {_BATCH}] }}",
            block(":foreach mwConnection in=$mwFound", remove),
        )
        for those in (marked, "reply-dst-address~$mwOwn")
    )
    return lines(
        ':local mwMark ("mw-" . $mwName)',
        ":local mwOwn ($mwOwns->$mwI)",
        *([_own_now()] if _changing(branch) else []),
        ":local mwLeft false\n:local mwFound",
        *sweeps,
        when("$mwLeft", _ask_again(version)),
    )


def _clean_up(branch: Branch, version: Version) -> Iterable[str]:
    """Connections of dead lines, once another carries: in the run that closes the gate, and in one more for those that
    slipped in between. What comes while nothing lives goes by the line of last resort, and is removed after that."""
    due = f"($mwIs->$mwName) = 3 && ($mwWish->$mwName) = 0 && $mwAny > 0 && [:len {noted('clean')}] = 0"
    yield when("($mwIs->$mwName) != 3 || $mwAny = 0", forget("clean", version))
    yield when(
        due,
        _remove_connections(branch, version),
        when("($mwWas->$mwName) = 1 && $mwLeft = false", note("clean", version)),
    )


def _leave_metered(branch: Branch, version: Version) -> Iterable[str]:
    """A metered line is left at once: its connections go when another line is back."""
    yield when("$mwLive = 0 && ($mwWish->$mwName) = 1", note("used", version))
    yield when(
        f"$mwLive > 0 && [:len {noted('used')}] > 0",
        _remove_connections(branch, version),
        when("$mwLeft = false", forget("used", version)),
    )
