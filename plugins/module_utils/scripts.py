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
#: Longer than a fetch lasts (its steps end after 10 s without an answer), as short as a dead run may block the others.
_LOCK = "1m"
#: How long a message that was sent is known: a caller that was killed before it noted its message says it again.
_SENT = "1m"
#: Until the next try: Telegram asked for patience, or nothing answered.
_PAUSE_SLOW = "1m"
_PAUSE = "20s"
#: Reserved for future use (RFC 1112), so an entry of these lists never matches a packet.
_OUTBOX_NETWORK = "240.0.0."
_LOCK_ADDRESS = "240.0.0.254"
_LIST = "/ip firewall address-list"


def _call(script: str) -> str:
    return f"[:parse [/system script get {quote(script)} source]]"


def telegram(settings: Telegram, version: Version) -> str:
    """Sends one message. ``mwBody``: the text, URL-encoded. Returns ``sent``, ``later``, ``slow`` (429) or ``never``.

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
:if ($mwState = "later" || $mwState = "slow") do={{
  :log warning ("multiwan: a message could not be sent yet, status " . $mwStatus)
}}
:if ($mwState = "never") do={{ :log error ("multiwan: Telegram refused a message, status " . $mwStatus) }}
:return $mwState
"""


_FAILED = """\
:set mwState "later"
:local mwAt [:find $mwError "tatus "]
:if ([:typeof $mwAt] = "num") do={ :set mwStatus [:pick $mwError ($mwAt + 6) ($mwAt + 9)] }
:if ([:pick $mwStatus 0 1] = "4") do={ :set mwState "never" }
:if ($mwStatus = "429") do={ :set mwState "slow" }"""

_FAILED_SOMEHOW = ':set mwState "later"\n:set mwStatus "unknown"'


def _url_encoded(chat: str) -> str:
    """A chat is a number or ``@name``: only the ``@`` needs it."""
    return chat.replace("@", "%40")


def _put(into: str, lifetime: str, version: Version, *, taken: str, blanks: int) -> str:
    """Adds ``mwBody`` in the first free slot of a list and sets ``taken`` to true. Nothing when all are full.

    A slot that is taken is found by the refusal of ``add``, which also settles who was first when two want it. What
    type ``find`` wants for an address there is not documented.
    """
    address = f"({quote(_OUTBOX_NETWORK)} . $mwSlot)"
    add = f"{_LIST} add list={quote(into)} address={address} timeout={lifetime} comment=$mwBody\n:set {taken} true"
    loop = f"""\
:for mwSlot from=1 to={OUTBOX_SIZE} do={{
  :if (${taken} = false) do={{
{dialect.indented(dialect.attempt(add, "", version, error="mwError"), 4)}
  }}
}}"""
    return dialect.indented(loop, blanks)


def notify(language: str, version: Version) -> str:
    """Puts ``mwText`` into the outbox with the time ``mwTime``, or the clock's when that is empty. Sends nothing.

    So it needs no more than to read and to write, which every event script may. The outbox is an address list with
    timeouts: dynamic rows in memory that every user sees and no export holds. A message that waits already, or was sent
    within the last minute, is not put there twice: a caller that was killed before it noted its message may repeat it.
    When the outbox is full the oldest goes; the loop is for two that do this at once.
    """
    raised = texts.expression("raised", language, known={}, variables={"time": "mwWhen"})
    oldest = f"{_LIST} remove ($mwWaiting->0)"
    return f"""\
{dialect.encoder(version)}\
:local mwWhen $mwTime
:if ([:len $mwWhen] = 0) do={{ :set mwWhen ([/system clock get date] . " " . [/system clock get time]) }}
:local mwBody {dialect.encoded(f"($mwText . {raised})", version)}
:local mwDone false
:if ([:len [{_LIST} find comment=$mwBody]] > 0) do={{ :set mwDone true }}
:local mwRound 0
:while ($mwDone = false && $mwRound < 5) do={{
{_put(names.OUTBOX_LIST, OUTBOX_LIFETIME, version, taken="mwDone", blanks=2)}
  :if ($mwDone = false) do={{
    :local mwWaiting [{_LIST} find list={quote(names.OUTBOX_LIST)}]
    :if ([:len $mwWaiting] > 0) do={{
{dialect.indented(dialect.attempt(oldest, "", version, error="mwError"), 6)}
    }}
  }}
  :set mwRound ($mwRound + 1)
}}
:if ($mwDone = false) do={{ :log error "multiwan: a message could not be kept" }}
"""


def outbox(version: Version) -> str:
    """Sends what waits, oldest first, and stops at the first message that can't go.

    Each message is sent under a lock, a row that ends by itself, and read again under it: two runs at once never send
    it twice. A run that is killed after Telegram took the message and before the next command, which notes it as sent,
    repeats it: nothing on either side can tell. After a failure the lock stays for a while, so that nobody hammers.

    Where a script can't see why a message failed, the next one is tried: one that Telegram refuses must not block the
    others until it runs out. After two failures in a row it is the line.
    """
    lock = f"{_LIST} add list={quote(names.SENDING_LIST)} address={_LOCK_ADDRESS} timeout="
    take = dialect.attempt(f":set mwLock [{lock}{_LOCK}]", ":set mwOpen false", version, error="mwError")
    read = dialect.attempt(f":set mwBody [{_LIST} get $mwEntry comment]", "", version, error="mwError")
    forget = dialect.attempt(f"{_LIST} remove $mwEntry", "", version, error="mwError")
    release = dialect.attempt(f"{_LIST} remove $mwLock", "", version, error="mwError")
    wait = dialect.attempt(f"{lock}$mwPause", "", version, error="mwError")
    return f"""\
:local mwWaiting [{_LIST} find list={quote(names.OUTBOX_LIST)}]
:if ([:len $mwWaiting] > 0) do={{
  :local mwSend {_call(names.SCRIPT_TELEGRAM)}
  :local mwOpen true
  :local mwFailures 0
  :foreach mwEntry in=$mwWaiting do={{
    :local mwLock ""
    :if ($mwOpen) do={{
{dialect.indented(take, 6)}
    }}
    :if ($mwOpen) do={{
      :local mwState "gone"
      :local mwBody ""
{dialect.indented(read, 6)}
      :if ([:len $mwBody] > 0) do={{
        :local mwNoted false
        :if ([:len [{_LIST} find list={quote(names.SENT_LIST)} comment=$mwBody]] > 0) do={{ :set mwNoted true }}
        :if ($mwNoted) do={{ :set mwState "sent" }} else={{ :set mwState [$mwSend mwBody=$mwBody] }}
        :if ($mwState = "sent" || $mwState = "never") do={{
{_put(names.SENT_LIST, _SENT, version, taken="mwNoted", blanks=10)}
{dialect.indented(forget, 10)}
          :set mwFailures 0
        }}
      }}
      :local mwPause ""
      :if ($mwState = "slow") do={{ :set mwPause {_PAUSE_SLOW} }}
      :if ($mwState = "later") do={{
        :set mwFailures ($mwFailures + 1)
        :if ($mwFailures >= {1 if ONERROR.on(version) else 2}) do={{ :set mwPause {_PAUSE} }}
      }}
{dialect.indented(release, 6)}
      :if ([:len $mwPause] > 0) do={{
        :set mwOpen false
{dialect.indented(wait, 8)}
      }}
    }}
  }}
}}
"""


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
    send = f':local mwNotify {_call(names.SCRIPT_NOTIFY)}\n$mwNotify mwText={message} mwTime=""\n' if tells else ""
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
