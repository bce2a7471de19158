# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The part of ``mw-failover`` that tells people. What the chat was told is state, too: a message is due when it differs
from what is. So a line that flaps faster than messages may go is told of once, in the end as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from . import names, texts
from .dialect import tried
from .fast_state import KINDS, STATE, age, block, each, forget, lines, note, noted, when
from .model import Branch
from .quoting import quote
from .scripts import LIST, call
from .versions import Version

#: Messages that tell of one uplink's death, per hour. The last one says so; each has its message of recovery.
STORM_LIMIT = 6
#: A list of its own: as long as there is state, the script looks closer at every run.
_QUOTA = f"list={quote(names.QUOTA_LIST)}"

#: In the place of a length that nobody knows.
_LOST = "-"
#: ``say(key, time, field="variable", …)``: statements that put a message into the outbox.
Say = Callable[..., str]


def messages(branch: Branch, version: Version) -> Iterable[str]:
    """Statements behind those that set the gates: ``mwIs``, ``mwWish``, ``mwAny`` and ``mwTime`` are known."""
    say = _say(branch)
    if len(branch.uplinks) > 1:
        yield from _all_dead(say, len(branch.uplinks), version)
    yield each(*_condition(), *_tell_bad(say, branch, version), *_tell_good(say, branch, version))


def _say(branch: Branch) -> Say:
    """Without a chat there is nothing to say; the log has it."""

    def say(key: str, raised: str, /, *, more: str = "", **variables: str) -> str:
        if branch.telegram is None:
            return ""
        text = texts.expression(key, branch.telegram.language, known={"branch": branch.name}, variables=variables)
        return lines(
            f":local mwNotify {call(names.SCRIPT_NOTIFY)}",
            f"$mwNotify mwText={f'({text} . {more})' if more else text} mwTime={raised}",
        )

    return say


def _claim(version: Version, *, place: str) -> Iterable[str]:
    """``mwSlot``: which of the messages of this hour this one may be, 0 when there were enough."""
    address = f'("24" . $mwTry . ".{KINDS["quota"]}." . {place})'
    add = f"{LIST} add {_QUOTA} address={address} timeout=1h comment=quota"
    yield ":local mwSlot 0"
    yield block(
        f":for mwTry from=1 to={STORM_LIMIT}",
        when("$mwSlot = 0", tried(f"{add}\n:set mwSlot $mwTry", version)),
    )


def _all_dead(say: Say, count: int, version: Version) -> Iterable[str]:
    """All dead at once is told when it is over. What is to be told is written down first, with its times: a run that
    ends in the middle is followed by one that says the same, and what waits already is not put there twice."""
    since = note("all", version, comment='("all " . $mwTime)', address=f"240.{KINDS['all']}.0.0")
    over = '("over " . $mwLength . " " . [:pick $mwText 4 [:len $mwText]] . "," . $mwTime)'
    yield ":local mwDead 0"
    yield each(":if (($mwIs->$mwName) = 3) do={ :set mwDead ($mwDead + 1) }")
    yield when(f"$mwDead = {count}", since)
    yield when(
        "$mwAny > 0",
        block(
            f':foreach mwRow in=[{LIST} find where {STATE} and comment~"^all "]',
            f":local mwLength {age('$mwRow')}",
            f":local mwText [{LIST} get $mwRow comment]",
            note("over", version, comment=over, address=f"240.{KINDS['over']}.0.0"),
            tried(f"{LIST} remove $mwRow", version),
        ),
    )
    yield block(
        f':foreach mwRow in=[{LIST} find where {STATE} and comment~"^over "]',
        *_first_word("5", "mwLength"),
        ':local mwEnd [:find $mwRest ","]',
        ":local mwSince [:pick $mwRest 0 $mwEnd]",
        ":local mwUntil [:pick $mwRest ($mwEnd + 1) [:len $mwRest]]",
        *_claim(version, place='"0.0"'),
        when("$mwSlot > 0", say("all_down", "$mwUntil", time="mwSince", length="mwLength")),
        tried(f"{LIST} remove $mwRow", version),
    )


def _first_word(start: str, variable: str) -> Iterable[str]:
    """Of the comment of row ``mwRow`` from ``start`` on; the rest is in ``mwRest``. Names and times hold no blank."""
    yield f":local mwText [{LIST} get $mwRow comment]"
    yield f":local mwRest [:pick $mwText {start} [:len $mwText]]"
    yield ':local mwBlank [:find $mwRest " "]'
    yield f":local {variable} [:pick $mwRest 0 $mwBlank]"
    yield ":set mwRest [:pick $mwRest ($mwBlank + 1) [:len $mwRest]]"


def _condition() -> Iterable[str]:
    """``mwNow``: 0 good, 2 poor, 3 dead, 9 nothing to say. ``mwTold``: what the chat believes. ``mwSince``: when
    it began."""
    yield ":local mwNow 9"
    yield ":if (($mwIs->$mwName) = 1 && ($mwWish->$mwName) = 1) do={ :set mwNow 0 }"
    yield ":if (($mwIs->$mwName) > 1) do={ :set mwNow ($mwIs->$mwName) }"
    yield ":local mwLabel ($mwLabels->$mwI)\n:local mwTold 0\n:local mwSince $mwTime"
    yield block(
        f":foreach mwRow in={noted('told')}",
        f":local mwText [{LIST} get $mwRow comment]",
        ":set mwTold [:tonum [:pick $mwText ([:len $mwText] - 1) [:len $mwText]]]",
    )


def _tell_bad(say: Say, branch: Branch, version: Version) -> Iterable[str]:
    """The row of what was told comes after the message: a run that ends between them tells again, in the same words,
    and what waits already is not put there twice."""
    language = branch.telegram.language if branch.telegram else "en"
    unused = texts.expression("unused", language, known={}, variables={})
    storm = texts.expression("storm", language, known={"limit": str(STORM_LIMIT)}, variables={})
    yield when(
        "($mwNow = 2 || $mwNow = 3) && $mwNow != $mwTold",
        block(
            f":foreach mwRow in={noted('down')}",
            f":local mwText [{LIST} get $mwRow comment]",
            ":set mwSince [:pick $mwText ([:len $mwName] + 6) [:len $mwText]]",
        ),
        *_claim(version, place="$mwPlace"),
        ':local mwMore ""',
        f":if ($mwNow = 2 && ($mwWish->$mwName) = 0) do={{ :set mwMore {unused} }}",
        f":if ($mwSlot = {STORM_LIMIT}) do={{ :set mwMore ($mwMore . {storm}) }}",
        when(
            "$mwSlot > 0",
            when("$mwNow = 2", say("uplink_poor", "$mwSince", more="$mwMore", label="mwLabel")),
            when("$mwNow = 3", say("uplink_down", "$mwSince", more="$mwMore", label="mwLabel")),
            forget("told", version),
            note("told", version, comment='("told " . $mwName . " " . $mwNow)'),
        ),
    )


def _tell_good(say: Say, branch: Branch, version: Version) -> Iterable[str]:
    """Written down first, as in :func:`_all_dead`. A gate that was closed without a row of state lost it at a reboot:
    the chat was told before, and how long it was is not known."""
    language = branch.telegram.language if branch.telegram else "en"
    unknown = quote(texts.text("unknown", language))
    back = '("back " . $mwName . " " . $mwTold . $mwLength . " " . $mwTime)'
    yield when(
        "$mwNow = 0",
        f":local mwLength {quote(_LOST)}",
        block(f":foreach mwRow in={noted('down')}", f":set mwLength {age('$mwRow')}"),
        when(
            f"$mwTold > 0 || (($mwWas->$mwName) = 1 && [:tostr $mwLength] = {quote(_LOST)})",
            note("back", version, comment=back),
        ),
        forget("told", version),
        forget("down", version),
    )
    yield block(
        f":foreach mwRow in={noted('back')}",
        *_first_word("([:len $mwName] + 6)", "mwLength"),
        ":local mwKind [:pick $mwLength 0 1]",
        ":set mwLength [:pick $mwLength 1 [:len $mwLength]]",
        f":if ($mwLength = {quote(_LOST)}) do={{ :set mwLength {unknown} }}",
        when('$mwKind = "2"', say("uplink_good", "$mwRest", label="mwLabel", length="mwLength")),
        when('$mwKind != "2"', say("uplink_up", "$mwRest", label="mwLabel", length="mwLength")),
        tried(f"{LIST} remove $mwRow", version),
    )
