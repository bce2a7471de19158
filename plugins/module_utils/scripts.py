# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Scripts that run on the router: what they share. ``dialect.py`` has what a version writes differently.

They talk to each other through script sources that are parsed and called, ``[:parse [/system script get …]]``, and
through an address list. Global variables would not do: RouterOS keeps them per user, and event scripts run as another
user than the scheduler (manual, netwatch; not documented for DHCP alerts). Variables have unusual names, because inside
``find`` a property wins over a variable of the same name. Menus are written with blanks, which every version reads.
"""

from __future__ import annotations

from . import dialect
from .quoting import quote
from .versions import Version

LIST = "/ip firewall address-list"
#: Reserved for future use (RFC 1112), so an entry of our lists never matches a packet.
NETWORK = "240.0.0."


def call(script: str) -> str:
    """The code of another script, to be called with named values."""
    return f"[:parse [/system script get {quote(script)} source]]"


def put(into: str, lifetime: str, version: Version, *, size: int, taken: str, blanks: int) -> str:
    """Adds ``mwBody`` in a free slot of the list ``into`` (an expression) and sets ``taken`` to true.

    A slot that is taken is found by the refusal of ``add``, which also settles who was first when two want it. What
    type ``find`` wants for an address there is not documented. When all slots are taken the oldest row goes; five
    rounds are enough for those who do this at once.
    """
    address = f"({quote(NETWORK)} . $mwSlot)"
    add = f"{LIST} add list={into} address={address} timeout={lifetime} comment=$mwBody\n:set {taken} true"
    oldest = dialect.tried(f"{LIST} remove ($mwRows->0)", version)
    loop = f"""\
:local mwRound 0
:while (${taken} = false && $mwRound < 5) do={{
  :for mwSlot from=1 to={size} do={{
    :if (${taken} = false) do={{
{dialect.indented(dialect.tried(add, version), 6)}
    }}
  }}
  :if (${taken} = false) do={{
    :local mwRows [{LIST} find list={into}]
    :if ([:len $mwRows] > 0) do={{
{dialect.indented(oldest, 6)}
    }}
  }}
  :set mwRound ($mwRound + 1)
}}"""
    return dialect.indented(loop, blanks)


def run_script(name: str) -> str:
    """What a scheduler row says. The script has no more rights than the row."""
    return f"/system script run {quote(name)}"


def periodic(name: str, interval: str, policy: str, event: str) -> dict[str, str]:
    """Values of a scheduler row that runs all the time.

    ``start-time=startup``: 7.24 to 7.24.4 don't run rows that have the default start (changelog of 7.24.5).
    """
    return {
        "name": name,
        "interval": interval,
        "start-time": "startup",
        "on-event": event,
        "policy": policy,
        "disabled": "no",
    }
