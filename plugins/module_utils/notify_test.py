# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A test message through one router, on the road of every other: into its outbox, sent by its own scheduler."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from . import names, texts
from .commit_engine import Connect
from .message_scripts import OUTBOX_LIFETIME, OUTBOX_SIZE, REFUSED_WORDS
from .protection import Waiting
from .router_api import Api, RouterError
from .scripts import NETWORK

LISTS = "/ip/firewall/address-list"
SCHEDULER = "/system/scheduler"
#: Between two looks, in seconds.
PACE_S = 1.0


@dataclass(frozen=True)
class Told:
    """``state``: ``sent``, ``refused`` or ``waiting``. ``reason``: why it was not sent, a sentence; else empty."""

    state: str
    reason: str = ""


def send(connect: Connect, *, branch: str, language: str, waiting: Waiting) -> Told:
    """Raises :class:`RouterError`. A message that still waits at the end stays in the outbox."""
    with connect() as api:
        runs = _runs(api)
        if runs is None:
            return Told("waiting", "the router has no outbox that is emptied; run site.yml with multiwan_telegram")
        seen = {row.id for row in api.rows("/log", ("message",))}
        body = _body(api, texts.text("test", language).format(branch=branch), language)
        if not _queue(api, body):
            return Told("waiting", f"the outbox is full: {OUTBOX_SIZE} messages wait already")
        end = waiting.clock() + waiting.limit_s
        state = before = "waiting"
        why = ""
        # The sender takes a message out before it notes what became of it, so one look may find it nowhere.
        while (state == "waiting" and waiting.clock() < end) or (state == "removed" and before != "removed"):
            waiting.sleep(PACE_S)
            before, state = state, _state(api, body)
            why = _why(api) or why
        if state == "sent":
            return Told(state)
        log = [row.values.get("message", "") for row in api.rows("/log", ("message",)) if row.id not in seen]
        return Told(state, _reason(state, log, why, ran=_runs(api) != runs))


def put(api: Api, said: str, language: str) -> bool:
    """Let the router send a message of ours; ``False``: it has no outbox that is emptied, or a full one."""
    return _runs(api) is not None and _queue(api, _body(api, said, language))


def _runs(api: Api) -> str | None:
    """How often the scheduler has emptied the outbox; ``None`` without a scheduler that is switched on."""
    for row in api.rows(SCHEDULER, ("name", "disabled", "run-count")):
        if row.values.get("name") == names.SCRIPT_OUTBOX and row.values.get("disabled") not in ("true", "yes"):
            return row.values.get("run-count", "0")
    return None


def _body(api: Api, said: str, language: str) -> str:
    """What ``mw-notify`` would make of the message, with the router's own time."""
    (clock,) = api.rows("/system/clock", ("date", "time"))
    when = f"{clock.values.get('date', '')} {clock.values.get('time', '')}"
    return quote(said + texts.text("raised", language).format(time=when), safe="-._~")


def _queue(api: Api, body: str) -> bool:
    values: Mapping[str, str] = {"list": names.OUTBOX_LIST, "timeout": OUTBOX_LIFETIME, "comment": body}
    taken = {values.get("address") for values in _of(api, names.OUTBOX_LIST)}
    for slot in range(1, OUTBOX_SIZE + 1):
        address = f"{NETWORK}{slot}"
        if address in taken:
            continue
        try:
            api.add(LISTS, {**values, "address": address})
        except RouterError as error:
            if error.trap is None or "already have" not in error.trap:
                raise
        else:
            return True
    return False


def _of(api: Api, name: str) -> list[Mapping[str, str]]:
    rows = [row.values for row in api.rows(LISTS, ("list", "address"))]
    return [values for values in rows if values.get("list") == name]


def _state(api: Api, body: str) -> str:
    """Where the message is now. One that is nowhere was taken out by hand: it was not sent, so far as can be known."""
    places = {row.values.get("list") for row in api.rows(LISTS, ("list",)) if row.values.get("comment") == body}
    if names.SENT_LIST in places:
        return "sent"
    if names.REFUSED_LIST in places:
        return "refused"
    return "waiting" if names.OUTBOX_LIST in places else "removed"


def _why(api: Api) -> str:
    """Why the sender pauses now; empty when it does not."""
    return next((values["comment"] for values in _of(api, names.SENDING_LIST) if values.get("comment")), "")


_WAITS = {
    "dead": "no answer: no line lives, no name was resolved, or the server's certificate is not trusted",
    "slow": "Telegram answered 429: too many messages; it will be tried again",
    "later": "Telegram has a fault of its own (5xx); it will be tried again",
    "unknown": (
        "it failed, and before RouterOS 7.13 a script can't see why: a dead line, a wrong token or an unknown chat"
    ),
}
_REFUSALS = {
    "400": "the chat is not known to the bot",
    "401": "the token is wrong",
    "403": "the bot may not write to the chat",
    "404": "the token is wrong",
}


def _reason(state: str, log: list[str], why: str, *, ran: bool) -> str:
    """In words what is known. The router logs no more than a status: its own words could repeat the token."""
    if state == "removed":
        return "somebody took it out of the outbox"
    if state == "refused":
        status = next((line.removeprefix(REFUSED_WORDS) for line in log[::-1] if line.startswith(REFUSED_WORDS)), "")
        return f"Telegram answered {status or 'an error'}: {_REFUSALS.get(status, 'it does not take the message')}"
    if not ran:
        return "the scheduler mw-outbox does not run; does device-mode allow scheduler and fetch?"
    return _WAITS.get(why, "it is not its turn yet: messages before it wait, too")
