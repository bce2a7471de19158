# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Scripts that bring messages from the router to people: queue, sender, and what the sender needs to trust."""

from __future__ import annotations

from collections.abc import Sequence

from . import dialect, names, texts
from .authorities import Authority
from .model import Telegram
from .quoting import quote
from .scripts import LIST, call, put
from .secret_values import TELEGRAM_BOT_TOKEN, gap
from .versions import FILE_ADD, ONERROR, Version

#: Messages that wait; the oldest goes when one more comes.
OUTBOX_SIZE = 20
OUTBOX_LIFETIME = "1d"
#: Longer than a fetch lasts (its steps end after 10 s without an answer), as short as a dead run may block the others.
_LOCK = "1m"
#: How long a message that was sent is known: a caller that was killed before it noted its message says it again.
_SENT = "1m"
#: What the sender says of a message that waits, to the time until the next try: Telegram asked for patience, it has a
#: fault of its own, nothing answered (the scheduler's next turn), or a script can't see why.
PAUSES = {"slow": "1m", "later": "20s", "dead": "8s", "unknown": "20s"}
#: A line in the log so often at most, for as long as it fails.
_COMPLAINT = "10m"
#: Telegram takes about one message a second for one chat (Bot API, limits); more get 429 and wait for a minute.
_PACE = "1s"
_LOCK_ADDRESS = "240.0.0.254"
#: How the lines in the log begin; a status follows.
WAITING_WORDS = "multiwan: a message could not be sent yet, status "
REFUSED_WORDS = "multiwan: Telegram refused a message, status "


def telegram(settings: Telegram, version: Version) -> str:
    """Sends one message. ``mwBody``: the text, URL-encoded. Returns ``sent``, ``never`` or a word of ``PAUSES``.

    The error of ``/tool fetch`` is not logged: nothing promises that it does not repeat the URL with the token. Only
    its status is looked at: "Status 404, Not Found" from 7.22 on, "Fetch failed with status 404" before.
    A client error that is not 429 would fail again for ever, so the message is dropped. Where a script can't see the
    error, everything that fails is ``unknown``.
    """
    url = quote(f"{settings.api_url}/bot{gap(TELEGRAM_BOT_TOKEN)}/sendMessage")
    body = f"({quote(f'chat_id={_url_encoded(settings.chat_id)}&text=')} . $mwBody)"
    options = f"check-certificate=yes-without-crl {dialect.keeps_nothing(version)}"
    fetch = f"/tool fetch url={url} http-method=post http-data={body} {options}"
    again = f"{LIST} add list={quote(names.FAILING_LIST)} address={_LOCK_ADDRESS} timeout={_COMPLAINT}"
    complaint = f"{again}\n:log warning ({quote(WAITING_WORDS)} . $mwStatus)"
    return f"""\
:local mwState "sent"
:local mwStatus ""
{dialect.attempt(fetch, _FAILED if ONERROR.on(version) else _FAILED_SOMEHOW, version, error="mwError")}
:if ($mwState != "sent" && $mwState != "never") do={{
{dialect.indented(dialect.attempt(complaint, "", version, error="mwOften"), 2)}
}}
:if ($mwState = "never") do={{ :log error ({quote(REFUSED_WORDS)} . $mwStatus) }}
:return $mwState
"""


_FAILED = """\
:set mwState "dead"
:set mwStatus "none"
:local mwAt [:find $mwError "tatus "]
:if ([:typeof $mwAt] = "num") do={
  :set mwStatus [:pick $mwError ($mwAt + 6) ($mwAt + 9)]
  :set mwState "later"
}
:if ([:pick $mwStatus 0 1] = "4") do={ :set mwState "never" }
:if ($mwStatus = "429") do={ :set mwState "slow" }"""

_FAILED_SOMEHOW = ':set mwState "unknown"\n:set mwStatus "unknown"'


def _url_encoded(chat: str) -> str:
    """A chat is a number or ``@name``: only the ``@`` needs it."""
    return chat.replace("@", "%40")


def notify(language: str, version: Version) -> str:
    """Puts ``mwText`` into the outbox with the time ``mwTime``, or the clock's when that is empty. Sends nothing.

    So it needs no more than to read and to write, which every event script may. The outbox is an address list with
    timeouts: dynamic rows in memory that every user sees and no export holds. A message that waits already, or was sent
    within the last minute, is not put there twice: a caller that was killed before it noted its message may repeat it.
    """
    raised = texts.expression("raised", language, known={}, variables={"time": "mwWhen"})
    return f"""\
{dialect.encoder(version)}\
:local mwWhen $mwTime
:if ([:len $mwWhen] = 0) do={{ :set mwWhen ([/system clock get date] . " " . [/system clock get time]) }}
:local mwBody {dialect.encoded(f"($mwText . {raised})", version)}
:local mwDone false
:if ([:len [{LIST} find comment=$mwBody]] > 0) do={{ :set mwDone true }}
{put(quote(names.OUTBOX_LIST), OUTBOX_LIFETIME, version, size=OUTBOX_SIZE, taken="mwDone", blanks=0)}
:if ($mwDone = false) do={{ :log error "multiwan: a message could not be kept" }}
"""


def outbox(version: Version, *, trusts: bool) -> str:
    """Sends what waits, oldest first, and stops at the first message that can't go.

    Each message is sent under a lock, a row that ends by itself, and read again under it: two runs at once never send
    it twice. A run that is killed after Telegram took the message and before the next command, which takes it out,
    repeats it: nothing on either side can tell. After a failure the lock stays for a while, so that nobody hammers.

    Where a script can't see why a message failed, the next one is tried: one that Telegram refuses must not block the
    others until it runs out. After two failures in a row it is the line. ``trusts``: there is :func:`trust` to be run.
    """
    lock = f"{LIST} add list={quote(names.SENDING_LIST)} address={_LOCK_ADDRESS} timeout="
    take = dialect.attempt(f":set mwLock [{lock}{_LOCK}]", ":set mwOpen false", version, error="mwError")
    read = dialect.tried(f":set mwBody [{LIST} get $mwEntry comment]", version)
    forget = dialect.tried(f"{LIST} remove $mwEntry", version)
    release = dialect.tried(f"{LIST} remove $mwLock", version)
    wait = dialect.tried(f"{lock}$mwPause comment=$mwWhy", version)
    trusting = dialect.attempt(
        f":local mwTrust {call(names.SCRIPT_TRUST)}\n$mwTrust", _UNTRUSTED, version, error="mwError"
    )
    missed = ":set mwWhy $mwState; :set mwFailures ($mwFailures + 1)"
    pauses = "\n".join(
        f"      :if ($mwState = {quote(word)}) do={{ :set mwPause {quote(long)}; {missed} }}"
        for word, long in PAUSES.items()
        if ONERROR.on(version) is (word != "unknown")
    )
    return f"""\
:local mwWaiting [{LIST} find list={quote(names.OUTBOX_LIST)}]
:if ([:len $mwWaiting] > 0) do={{
{dialect.indented(trusting, 2) + chr(10) if trusts else ""}\
  :local mwSend {call(names.SCRIPT_TELEGRAM)}
  :local mwOpen true
  :local mwFailures 0
  :local mwPause ""
  :local mwWhy ""
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
        :set mwState [$mwSend mwBody=$mwBody]
        :if ($mwState = "sent" || $mwState = "never") do={{
{dialect.indented(forget, 10)}
          :local mwInto {quote(names.SENT_LIST)}
          :if ($mwState = "never") do={{ :set mwInto {quote(names.REFUSED_LIST)} }}
          :local mwNoted false
{put("$mwInto", _SENT, version, size=OUTBOX_SIZE, taken="mwNoted", blanks=10)}
          :set mwFailures 0
        }}
      }}
{pauses}
{dialect.indented(release, 6)}
      :if ($mwState = "sent") do={{ :delay {_PACE} }}
      :if ($mwFailures >= {1 if ONERROR.on(version) else 2}) do={{ :set mwOpen false }}
    }}
  }}
  :if ([:len $mwPause] > 0) do={{
{dialect.indented(wait, 4)}
  }}
}}
"""


_UNTRUSTED = ':log warning "multiwan: the authority of the message server could not be imported"'


def trust(authorities: Sequence[Authority], version: Version) -> str:
    """Imports the authorities that are missing, makes all of them trusted, and removes those that are not wanted now.

    One that the administrator imported himself counts: RouterOS takes none twice. The router names a certificate after
    its file. The file goes in any case: 7.15 and later remove it themselves.
    ``/file set contents`` takes 4095 characters on old versions, so each certificate has a file of its own.
    """
    wanted = " ".join(f"{authority.file}.txt_0" for authority in authorities)
    steps = "\n".join(_import(authority, version) for authority in authorities)
    return f"""\
:local mwHave
{steps}
:local mwWanted {quote(wanted)}
:foreach mwOne in=[/certificate find where name~"^mw-ca-"] do={{
  :local mwCalled [/certificate get $mwOne name]
  :if ([:typeof [:find $mwWanted $mwCalled]] = "nil") do={{ /certificate remove $mwOne }}
}}
"""


def _import(authority: Authority, version: Version) -> str:
    file = f"{authority.file}.txt"
    made = f"/file add name={quote(file)}" if FILE_ADD.on(version) else f"/file print file={quote(authority.file)}"
    contents = quote(authority.pem)
    return f"""\
:set mwHave [/certificate find where fingerprint={quote(authority.fingerprint)}]
:if ([:len $mwHave] = 0) do={{ :set mwHave [/certificate find where name={quote(file + "_0")}] }}
:if ([:len $mwHave] = 0) do={{
  :if ([:len [/file find name={quote(file)}]] = 0) do={{
    {made}
    :delay 2s
  }}
  /file set [/file find name={quote(file)}] contents={contents}
  :delay 1s
  /certificate import file-name={quote(file)} passphrase=""
  :delay 1s
  :foreach mwFile in=[/file find name={quote(file)}] do={{ /file remove $mwFile }}
  :log info "multiwan: imported the authority of the message server"
  :set mwHave [/certificate find where name={quote(file + "_0")}]
}}
:foreach mwOne in=$mwHave do={{
  :if ([/certificate get $mwOne trusted] = false) do={{ /certificate set $mwOne trusted=yes }}
}}"""
