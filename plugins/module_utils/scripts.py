# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Scripts that run on the router: the text of each, nothing else. ``dialect.py`` has what a version writes differently.

They talk to each other through script sources that are parsed and called, ``[:parse [/system script get …]]``, and
through an address list. Global variables would not do: RouterOS keeps them per user, and event scripts run as another
user than the scheduler (manual, netwatch; not documented for DHCP alerts). Variables have unusual names, because inside
``find`` a property wins over a variable of the same name. Menus are written with blanks, which every version reads.
"""

from __future__ import annotations

from . import dialect, names, texts
from .model import Telegram
from .quoting import quote
from .secret_values import TELEGRAM_BOT_TOKEN, gap
from .versions import ONERROR, Version

#: Messages that wait; the oldest goes when one more comes.
OUTBOX_SIZE = 20
OUTBOX_LIFETIME = "1d"
#: Reserved for future use (RFC 1112), so an entry of the outbox never matches a packet.
_OUTBOX_NETWORK = "240.0.0."
_LIST = "/ip firewall address-list"


def _call(script: str) -> str:
    return f"[:parse [/system script get {quote(script)} source]]"


def telegram(settings: Telegram, version: Version) -> str:
    """Sends one message. ``mwBody``: the text, URL-encoded. Returns ``sent``, ``later`` or ``never``.

    The error of ``/tool fetch`` is not logged: nothing promises that it does not repeat the URL with the token. Only
    its status is looked at: "Status 404, Not Found" from 7.22 on, "Fetch failed with status 404" before.
    A client error that is not 429 would fail again for ever, so the message is dropped. Where a script can't see the
    error, everything that fails is ``later``.
    """
    url = quote(f"{settings.api_url}/bot{gap(TELEGRAM_BOT_TOKEN)}/sendMessage")
    body = f"({quote(f'chat_id={_url_encoded(settings.chat_id)}&text=')} . $mwBody)"
    options = f"check-certificate=yes-without-crl {dialect.keeps_nothing(version)}"
    fetch = f"/tool fetch url={url} http-method=post http-data={body} {options}"
    return f"""\
:local mwState "sent"
:local mwStatus ""
{dialect.attempt(fetch, _FAILED if ONERROR.on(version) else _FAILED_SOMEHOW, version, error="mwError")}
:if ($mwState = "later") do={{ :log warning ("multiwan: a message could not be sent yet, status " . $mwStatus) }}
:if ($mwState = "never") do={{ :log error ("multiwan: Telegram refused a message, status " . $mwStatus) }}
:return $mwState
"""


_FAILED = """\
:set mwState "later"
:local mwAt [:find $mwError "tatus "]
:if ([:typeof $mwAt] = "num") do={ :set mwStatus [:pick $mwError ($mwAt + 6) ($mwAt + 9)] }
:if ([:pick $mwStatus 0 1] = "4" && $mwStatus != "429") do={ :set mwState "never" }"""

_FAILED_SOMEHOW = ':set mwState "later"\n:set mwStatus "unknown"'


def _url_encoded(chat: str) -> str:
    """A chat is a number or ``@name``: only the ``@`` needs it."""
    return chat.replace("@", "%40")


def notify(language: str, version: Version) -> str:
    """Sends ``mwText`` now or puts it into the outbox, with the time it was raised. Bounded, in memory, gone at reboot.

    The outbox is an address list with timeouts: dynamic rows that every user sees and no export holds. A slot that is
    taken is found by the refusal of ``add``; what type ``find`` wants for an address there is not documented.
    """
    raised = texts.expression("raised", language, known={}, variables={"time": "mwTime"})
    outbox = quote(names.OUTBOX_LIST)
    address = f"({quote(_OUTBOX_NETWORK)} . $mwSlot)"
    add = f"{_LIST} add list={outbox} address={address} timeout={OUTBOX_LIFETIME} comment=$mwBody"
    take = dialect.attempt(f"{add}\n:set mwDone true", "", version, error="mwTaken")
    return f"""\
{dialect.encoder(version)}\
:local mwSend {_call(names.SCRIPT_TELEGRAM)}
:local mwState [$mwSend mwBody={dialect.encoded("$mwText", version)}]
:if ($mwState = "later") do={{
  :local mwTime ([/system clock get date] . " " . [/system clock get time])
  :local mwBody {dialect.encoded(f"($mwText . {raised})", version)}
  :local mwWaiting [{_LIST} find list={outbox}]
  :if ([:len $mwWaiting] >= {OUTBOX_SIZE}) do={{ {_LIST} remove ($mwWaiting->0) }}
  :local mwDone false
  :for mwSlot from=1 to={OUTBOX_SIZE} do={{
    :if ($mwDone = false) do={{
{dialect.indented(take, 6)}
    }}
  }}
}}
:return $mwState
"""


def outbox(version: Version) -> str:
    """Sends what waits, oldest first, and stops at the first message that still can't go.

    Where a script can't see why a message failed, one that Telegram refuses would block the others until it runs out:
    there it goes to the end of the list, with the time that it has left.
    """
    return f"""\
:local mwSend {_call(names.SCRIPT_TELEGRAM)}
:local mwOpen true
:foreach mwEntry in=[{_LIST} find list={quote(names.OUTBOX_LIST)}] do={{
  :if ($mwOpen) do={{
    :local mwBody [{_LIST} get $mwEntry comment]
    :local mwState [$mwSend mwBody=$mwBody]
    :if ($mwState = "later") do={{
      :set mwOpen false{"" if ONERROR.on(version) else _TO_THE_END}
    }} else={{
      {_LIST} remove $mwEntry
    }}
  }}
}}
"""


_TO_THE_END = f"""
      :local mwPlace [{_LIST} get $mwEntry address]
      :local mwLeft [{_LIST} get $mwEntry timeout]
      {_LIST} remove $mwEntry
      {_LIST} add list={quote(names.OUTBOX_LIST)} address=$mwPlace timeout=$mwLeft comment=$mwBody"""


def outbox_event() -> str:
    """What the scheduler runs. The script has no more rights than the scheduler's own row."""
    return f"/system script run {quote(names.SCRIPT_OUTBOX)}"


def dhcp_alert(branch: str, language: str, *, tells: bool) -> str:
    """One rogue server on the interface ``mwIf`` of segment ``mwSegment``: a log line and a message.

    What on-alert hands over is not documented, and RouterOS 7 refuses a script with an undeclared variable as a whole.
    So the script asks for what the manual documents: ``unknown-server`` of the alert row and the line that the router
    itself logs. The line counts when its MAC is one of the row's, or the row names none; the delay lets it be written.
    """
    unknown = quote(texts.text("unknown", language))
    variables = {"interface": "mwIf", "segment": "mwSegment", "mac": "mwServer", "ip": "mwAddress"}
    message = texts.expression("rogue_dhcp", language, known={"branch": branch}, variables=variables)
    send = f":local mwNotify {_call(names.SCRIPT_NOTIFY)}\n$mwNotify mwText={message}\n" if tells else ""
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
:local mwAlert {_call(names.SCRIPT_DHCP_ALERT)}
$mwAlert mwIf={quote(interface)} mwSegment={quote(segment)}
"""
