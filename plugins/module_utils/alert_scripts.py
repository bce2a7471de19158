# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The script about rogue DHCP servers: it compares those that the router sees with those that people were told of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from . import dialect, names, texts
from .quoting import quote
from .scripts import LIST, call, put
from .versions import Version

#: Servers that are told of at a time, and messages about them in an hour. What is over is told when there is room.
KNOWN = 20
STORM_LIMIT = 12
#: Who is still there after four weeks is told of again.
_KNOWN_LIFETIME = "4w"
#: A server that is still there is forgotten after the alert's timeout and found again by the next probe, one a minute
#: (manual, DHCP server, "Alerts"). Two minutes without it are gone, one is not.
_SEEN_LIFETIME = "2m30s"
_LOCK_LIFETIME = "30s"
_ALERT = "/ip dhcp-server alert"
_HOST = "/interface bridge host"


def dhcp_alert(branch: str, language: str, version: Version, *, tells: bool) -> str:
    """Looks at the interface ``mwIf`` of segment ``mwSegment``. New servers and lost ones are logged and told.

    What on-alert hands over is not documented, and RouterOS 7 refuses a script with an undeclared variable as a whole.
    So the script asks for what the manual documents: ``unknown-server`` of the alert row, and the router's own line in
    the log for the address. One event is one message: a server that was told of is in a list until it is gone.
    """
    known, seen = quote(names.ROGUE_LIST), quote(names.ROGUE_SEEN_LIST)
    take = f"{LIST} add list={quote(names.ROGUE_LOOK_LIST)} address=240.0.0.254 timeout={_LOCK_LIFETIME}"
    lock = dialect.attempt(f":set mwLock [{take}]\n:set mwMine true", ":delay 1s", version, error="mwError")
    release = dialect.tried(f"{LIST} remove $mwLock", version)
    forget = dialect.tried(f"{LIST} remove $mwEntry", version)
    here = {"interface": "mwIf", "segment": "mwSegment", "mac": "mwServer"}
    found = _tell("rogue_dhcp", branch, language, {**here, "ip": "mwAddress"}, more="$mwPlace") if tells else ""
    claim = _claim(language, version)
    gone = _tell("rogue_gone", branch, language, here) if tells else ""
    return f"""\
:local mwMine false
:local mwLock ""
:for mwTry from=1 to=10 do={{
  :if ($mwMine = false) do={{
{dialect.indented(lock, 4)}
  }}
}}
:if ($mwMine) do={{
  :local mwUnknown ""
  :foreach mwRow in=[{_ALERT} find interface=$mwIf] do={{
    :set mwUnknown ($mwUnknown . [:tostr [{_ALERT} get $mwRow unknown-server]] . ",")
  }}
  :foreach mwEntry in=[{LIST} find list={known}] do={{
    :local mwBody [{LIST} get $mwEntry comment]
    :local mwLong ([:len $mwBody] - 18)
    :local mwServer [:pick $mwBody ($mwLong + 1) [:len $mwBody]]
    :local mwThere [:find $mwUnknown $mwServer]
    :if ([:pick $mwBody 0 $mwLong] = $mwIf && [:typeof $mwThere] != "num") do={{
      :if ([:len [{LIST} find list={seen} comment=$mwBody]] = 0) do={{
{dialect.indented(claim, 8)}
        :if ($mwMay) do={{
          :log warning ("multiwan: rogue DHCP server on " . $mwIf . " is gone, mac " . $mwServer)
{dialect.indented(gone, 10)}
{dialect.indented(forget, 10)}
        }}
      }}
    }}
  }}
  :local mwAt 0
  :while (($mwAt + 17) <= [:len $mwUnknown]) do={{
    :if ([:pick $mwUnknown ($mwAt + 2) ($mwAt + 3)] = ":") do={{
      :local mwServer [:pick $mwUnknown $mwAt ($mwAt + 17)]
      :local mwBody ($mwIf . " " . $mwServer)
      :set mwAt ($mwAt + 17)
      :if ([:len [{LIST} find list={known} comment=$mwBody]] = 0) do={{
{dialect.indented(claim, 8)}
        :if ([:len [{LIST} find list={known}]] >= {KNOWN}) do={{ :set mwMay false }}
        :if ($mwMay) do={{
{dialect.indented(_address(language), 10)}
{dialect.indented(_port(language, version), 10)}
          :local mwLine ("multiwan: rogue DHCP server on " . $mwIf . ", mac " . $mwServer . ", ip " . $mwAddress)
          :log warning ($mwLine . $mwPort)
{dialect.indented(found, 10)}
          :local mwDone false
{put(known, _KNOWN_LIFETIME, version, size=KNOWN, taken="mwDone", blanks=10)}
        }}
      }}
      :foreach mwEntry in=[{LIST} find list={seen} comment=$mwBody] do={{
{dialect.indented(forget, 8)}
      }}
      :local mwDone false
{put(seen, _SEEN_LIFETIME, version, size=KNOWN, taken="mwDone", blanks=6)}
    }} else={{
      :set mwAt ($mwAt + 1)
    }}
  }}
{dialect.indented(release, 2)}
}}
"""


def _tell(key: str, branch: str, language: str, variables: Mapping[str, str], more: str = "") -> str:
    message = texts.expression(key, language, known={"branch": branch}, variables=variables)
    whole = " . ".join(part for part in (message, more, "$mwMore") if part)
    return f':local mwNotify {call(names.SCRIPT_NOTIFY)}\n$mwNotify mwText=({whole}) mwTime=""'


def _claim(language: str, version: Version) -> str:
    """``mwMay``: whether this hour has room for one more message. ``mwMore``: what the last one of the hour says."""
    storm = texts.expression("storm", language, known={"limit": str(STORM_LIMIT)}, variables={})
    address = '("240.0.0." . $mwSlot)'
    add = f"{LIST} add list={quote(names.ROGUE_QUOTA_LIST)} address={address} timeout=1h\n:set mwMay true"
    last = f":if ($mwSlot = {STORM_LIMIT}) do={{ :set mwMore {storm} }}"
    return f"""\
:local mwMay false
:local mwMore ""
:for mwSlot from=1 to={STORM_LIMIT} do={{
  :if ($mwMay = false) do={{
{dialect.indented(dialect.tried(add + chr(10) + last, version), 4)}
  }}
}}"""


def _address(language: str) -> str:
    """``mwAddress``: of the newest line about ``mwServer`` that the router logged."""
    return f"""\
:local mwAddress {quote(texts.text("unknown", language))}
:local mwPattern ("unknown dhcp server, mac " . $mwServer)
:local mwLines [/log find where message~$mwPattern]
:if ([:len $mwLines] > 0) do={{
  :local mwLine [/log get ($mwLines->([:len $mwLines] - 1)) message]
  :set mwAddress [:pick $mwLine ([:find $mwLine ", ip "] + 5) [:len $mwLine]]
}}"""


def _port(language: str, version: Version) -> str:
    """``mwPort``: for the log, ``mwPlace``: for people. Empty where no bridge has seen ``mwServer``."""
    place = texts.expression("rogue_port", language, known={}, variables={"port": "mwSeen"})
    seen = f":local mwSeen [:tostr [{_HOST} get $mwHost on-interface]]"
    said = f':if ([:len $mwSeen] > 0) do={{\n  :set mwPort (", port " . $mwSeen)\n  :set mwPlace {place}\n}}'
    each = dialect.indented("\n".join((seen, said)), 2)
    look = f":foreach mwHost in=[{_HOST} find mac-address=$mwServer] do={{\n{each}\n}}"
    return f':local mwPort ""\n:local mwPlace ""\n{dialect.tried(look, version)}'


def alert_event(interface: str, segment: str) -> str:
    """The ``on-alert`` of one row; it uses none of the event's variables. The delay lets the router write its log."""
    return f":delay 1s\n{watch_event([(interface, segment)])}"


def watch_event(segments: Iterable[tuple[str, str]]) -> str:
    """What the scheduler runs. ``segments``: interface and label of each."""
    calls = [f"$mwAlert mwIf={quote(interface)} mwSegment={quote(label)}" for interface, label in segments]
    return "\n".join([f":local mwAlert {call(names.SCRIPT_DHCP_ALERT)}", *calls, ""])
