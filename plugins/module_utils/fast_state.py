# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Words of the router's scripts, and the rows of state that the parts of ``mw-failover`` share.

State is dynamic rows of an address list with a time-out: every user of the router sees them, they end by themselves, no
export or backup has them. The address makes a row unique, so that ``add`` is a claim that only one of two runs wins;
comments are for reading. The kinds: ``down`` since when, ``bad`` at the last look, ``hold`` not to be used yet,
``told`` what the chat believes, ``clean`` connections removed, ``used`` a metered line carries, ``quota`` messages of
this hour, ``all`` no line lived; ``back`` and ``over`` what is to be told of the return of a line, and of the first
after none.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence

from . import names
from .dialect import indented, tried
from .quoting import quote
from .scripts import LIST
from .versions import Version

STATE = f"list={quote(names.STATE_LIST)}"
#: How long state lives at most; an outage that is longer is told again.
LONG = "4w"
#: Second number of a row's address. 240.0.0.0/4 is reserved (RFC 1112), so none of them ever matches a packet.
KINDS = {"down": 1, "hold": 2, "told": 3, "clean": 4, "used": 5, "quota": 6, "all": 7, "over": 8, "back": 9, "bad": 10}


def places(uplinks: Sequence[str]) -> list[str]:
    """The last two numbers of an address for each name. They depend on the name and not on its place in the file: an
    uplink that is taken out or put elsewhere during an outage must not leave its state to another."""
    found: list[str] = []
    for name in uplinks:
        number = zlib.crc32(name.encode())
        while (place := f"{number // 254 % 256}.{number % 254 + 1}") in found:
            number += 1
        found.append(place)
    return found


def lines(*parts: str) -> str:
    return "\n".join(parts)


def block(head: str, *body: str) -> str:
    return f"{head} do={{\n{indented(lines(*body), 2)}\n}}"


def when(test: str, *body: str) -> str:
    return block(f":if ({test})", *body)


def each(*body: str) -> str:
    """For each uplink."""
    named = (":local mwName ($mwNames->$mwI)", ":local mwPlace ($mwPlaces->$mwI)")
    return block(":for mwI from=0 to=$mwLast", *named, *body)


def array(values: Iterable[object]) -> str:
    return "{" + ";".join(str(value) for value in values) + "}"


def note(kind: str, version: Version, *, comment: str = "", timeout: str = LONG, address: str = "") -> str:
    """Adds a row of state, if it is not there."""
    place = address or f'("240.{KINDS[kind]}." . $mwPlace)'
    text = comment or f'("{kind} " . $mwName)'
    return tried(f"{LIST} add {STATE} address={place} timeout={timeout} comment={text}", version)


def noted(kind: str) -> str:
    """Ids of the uplink's rows of this kind."""
    return f'[{LIST} find where {STATE} and comment~("^{kind} " . $mwName . "(\\$| )")]'


def forget(kind: str, version: Version) -> str:
    """One of them may have ended by itself between the look and the removal."""
    return tried(f"{LIST} remove {noted(kind)}", version)


def age(row: str) -> str:
    """How long ago a row was added. Clocks jump when NTP finds the time, time-outs don't."""
    return f"({LONG} - [:totime [{LIST} get {row} timeout]])"
