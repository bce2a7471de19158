# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Scripts that run on the router: what they share, and those of alerts. Versions differ: see ``dialect.py``.

They talk to each other through script sources that are parsed and called, ``[:parse [/system script get …]]``, and
through an address list. Global variables would not do: RouterOS keeps them per user, and event scripts run as another
user than the scheduler (manual, netwatch; not documented for DHCP alerts). Variables have unusual names, because inside
``find`` a property wins over a variable of the same name. Menus are written with blanks, which every version reads.
"""

from __future__ import annotations

from . import dialect, names, texts
from .quoting import quote
from .versions import Version

LIST = "/ip firewall address-list"
#: Reserved for future use (RFC 1112), so an entry of our lists never matches a packet.
_NETWORK = "240.0.0."


def call(script: str) -> str:
    """The code of another script, to be called with named values."""
    return f"[:parse [/system script get {quote(script)} source]]"


def put(into: str, lifetime: str, version: Version, *, size: int, taken: str, blanks: int) -> str:
    """Adds ``mwBody`` in the first free slot of a list and sets ``taken`` to true. Nothing when all are full.

    A slot that is taken is found by the refusal of ``add``, which also settles who was first when two want it. What
    type ``find`` wants for an address there is not documented.
    """
    address = f"({quote(_NETWORK)} . $mwSlot)"
    add = f"{LIST} add list={quote(into)} address={address} timeout={lifetime} comment=$mwBody\n:set {taken} true"
    loop = f"""\
:for mwSlot from=1 to={size} do={{
  :if (${taken} = false) do={{
{dialect.indented(dialect.attempt(add, "", version, error="mwError"), 4)}
  }}
}}"""
    return dialect.indented(loop, blanks)


def dhcp_alert(branch: str, language: str, *, tells: bool) -> str:
    """One rogue server on the interface ``mwIf`` of segment ``mwSegment``: a log line and a message.

    What on-alert hands over is not documented, and RouterOS 7 refuses a script with an undeclared variable as a whole.
    So the script asks for what the manual documents: ``unknown-server`` of the alert row and the line that the router
    itself logs. The line counts when its MAC is one of the row's, or the row names none; the delay lets it be written.
    """
    unknown = quote(texts.text("unknown", language))
    variables = {"interface": "mwIf", "segment": "mwSegment", "mac": "mwServer", "ip": "mwAddress"}
    message = texts.expression("rogue_dhcp", language, known={"branch": branch}, variables=variables)
    send = f':local mwNotify {call(names.SCRIPT_NOTIFY)}\n$mwNotify mwText={message} mwTime=""\n' if tells else ""
    return f"""\
:delay 1s
:local mwServer ""
:local mwAddress ""
:foreach mwRow in=[/ip dhcp-server alert find interface=$mwIf] do={{
  :set mwServer [:tostr [/ip dhcp-server alert get $mwRow unknown-server]]
}}
:local mwLines [/log find where message~"discovered unknown dhcp server, mac "]
:if ([:len $mwLines] > 0) do={{
  :local mwLine [/log get ($mwLines->([:len $mwLines] - 1)) message]
  :local mwAt ([:find $mwLine ", mac "] + 6)
  :local mwMac [:pick $mwLine $mwAt ($mwAt + 17)]
  :if ([:len $mwServer] = 0 || [:typeof [:find $mwServer $mwMac]] = "num") do={{
    :set mwServer $mwMac
    :set mwAddress [:pick $mwLine ([:find $mwLine ", ip "] + 5) [:len $mwLine]]
  }}
}}
:if ([:len $mwServer] = 0) do={{ :set mwServer {unknown} }}
:if ([:len $mwAddress] = 0) do={{ :set mwAddress {unknown} }}
:log warning ("multiwan: rogue DHCP server on " . $mwIf . ", mac " . $mwServer . ", ip " . $mwAddress)
{send}"""


def dhcp_alert_event(interface: str, segment: str) -> str:
    """The ``on-alert`` of one row. It uses none of the event's variables, see :func:`dhcp_alert`."""
    return f"""\
:local mwAlert {call(names.SCRIPT_DHCP_ALERT)}
$mwAlert mwIf={quote(interface)} mwSegment={quote(segment)}
"""
