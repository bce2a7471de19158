# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for the Telegram Bot API: pure. One request in, one answer out, and the chat that grows.

Answers follow the public Bot API (core.telegram.org/bots/api: "Making requests", sendMessage, ResponseParameters);
limits follow its FAQ (about one message a second per chat, 20 a minute per group).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

MAX_UTF16_UNITS = 4096
MAX_BODY = 1_000_000
_PATH = re.compile(r"/bot(\d+:[A-Za-z0-9_-]{30,64})/([A-Za-z]+)")
#: Markdown of the first kind: an odd number of these leaves an entity open.
_MARKDOWN = re.compile(r"\\.|([*_`])")


@dataclass(frozen=True)
class Limits:
    """``burst`` messages at once, then ``per_second``; groups besides: ``per_minute``. 0 switches a limit off."""

    per_second: float = 1.0
    burst: int = 3
    per_minute: int = 20


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: str = ""
    content_type: str = ""
    body: bytes = b""
    source: str = ""  # client address as the internet sees it


@dataclass(frozen=True)
class Answer:
    """``payload`` is the JSON body."""

    status: int
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class ChatMessage:
    """``at``: wall clock, seconds. ``source``: the address it came from, which tells the line."""

    message_id: int
    chat_id: int
    at: float
    text: str
    source: str

    def to_json(self) -> dict[str, Any]:
        return {
            "message_id": self.message_id,
            "chat_id": self.chat_id,
            "at": self.at,
            "text": self.text,
            "source": self.source,
        }


class _Refused(Exception):
    def __init__(self, status: int, description: str, **parameters: int) -> None:
        self.answer = _failure(status, description, **parameters)


def _failure(status: int, description: str, **parameters: int) -> Answer:
    extra = {"parameters": parameters} if parameters else {}
    return Answer(status, {"ok": False, "error_code": status, "description": description, **extra})


def too_many(retry_after: int) -> Answer:
    return _failure(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)


@dataclass
class BotApi:
    """One bot with its chats. ``handle`` is the only way in."""

    token: str
    chats: frozenset[int]
    limits: Limits = field(default_factory=Limits)
    messages: list[ChatMessage] = field(default_factory=list)

    def handle(self, request: Request, now: float) -> Answer:
        try:
            return self._handle(request, now)
        except _Refused as refused:
            return refused.answer

    def _handle(self, request: Request, now: float) -> Answer:
        match = _PATH.fullmatch(request.path)
        if match is None or request.method not in ("GET", "POST"):
            raise _Refused(404, "Not Found")
        if match[1] != self.token:
            raise _Refused(401, "Unauthorized")
        arguments = _arguments(request)
        method = match[2].lower()  # "All methods in the Bot API are case-insensitive"
        if method == "getme":
            return Answer(200, {"ok": True, "result": self._bot()})
        if method == "sendmessage":
            return self._send(arguments, request.source, now)
        raise _Refused(404, "Not Found: method not found")

    def _send(self, arguments: Mapping[str, str], source: str, now: float) -> Answer:
        chat = self._chat(arguments.get("chat_id", ""))
        text = arguments.get("text", "").strip()
        if not text:
            raise _Refused(400, "Bad Request: message text is empty")
        if len(text.encode("utf-16-le")) // 2 > MAX_UTF16_UNITS:
            raise _Refused(400, "Bad Request: message is too long")
        _check_entities(text, arguments.get("parse_mode", ""))
        wait = self._wait(chat, now)
        if wait:
            return too_many(wait)
        message = ChatMessage(len(self.messages) + 1, chat, now, text, source)
        self.messages.append(message)
        kind = {"type": "supergroup", "title": "NOC"} if chat < 0 else {"type": "private", "first_name": "NOC"}
        return Answer(
            200,
            {
                "ok": True,
                "result": {
                    "message_id": message.message_id,
                    "from": self._bot(),
                    "chat": {"id": chat, **kind},
                    "date": int(now),
                    "text": text,
                },
            },
        )

    def _chat(self, text: str) -> int:
        if not text:
            raise _Refused(400, "Bad Request: chat_id is empty")
        chat = int(text) if re.fullmatch(r"-?\d{1,20}", text) else 0
        if chat not in self.chats:
            raise _Refused(400, "Bad Request: chat not found")
        return chat

    def _wait(self, chat: int, now: float) -> int:
        """Whole seconds until this chat may get another message; 0: at once."""
        past = [message.at for message in self.messages if message.chat_id == chat]
        waits = [0.0]
        if self.limits.per_second:
            window = self.limits.burst / self.limits.per_second
            waits.append(_until(past, now, self.limits.burst, window))
        if self.limits.per_minute and chat < 0:
            waits.append(_until(past, now, self.limits.per_minute, 60.0))
        longest = max(waits)
        return int(longest) + 1 if longest > 0 else 0

    def _bot(self) -> dict[str, Any]:
        return {
            "id": int(self.token.split(":")[0]),
            "is_bot": True,
            "first_name": "multiwan",
            "username": "multiwan_lab_bot",
        }


def _until(past: list[float], now: float, count: int, window: float) -> float:
    """Seconds until fewer than ``count`` of ``past`` lie within ``window``."""
    recent = [at for at in past if at > now - window]
    return 0.0 if len(recent) < count else recent[-count] + window - now


def _arguments(request: Request) -> dict[str, str]:
    """Query string, form or JSON, as "Making requests" lists them; the body wins."""
    try:
        found = dict(parse_qsl(request.query, keep_blank_values=True, errors="strict"))
        kind = request.content_type.partition(";")[0].strip().lower()
        if kind == "application/json" and request.body:
            data = json.loads(request.body)
            if not isinstance(data, dict):
                raise _Refused(400, "Bad Request: object expected as JSON request body")
            found |= {str(key): value if isinstance(value, str) else json.dumps(value) for key, value in data.items()}
        elif kind in ("", "application/x-www-form-urlencoded"):
            found |= dict(parse_qsl(request.body.decode(), keep_blank_values=True, errors="strict"))
    except UnicodeDecodeError:
        raise _Refused(400, "Bad Request: strings must be encoded in UTF-8") from None
    except json.JSONDecodeError:
        raise _Refused(400, "Bad Request: can't parse JSON object") from None
    return found


def _check_entities(text: str, mode: str) -> None:
    if not mode:
        return
    if mode.lower() not in ("markdown", "markdownv2", "html"):
        raise _Refused(400, "Bad Request: unsupported parse_mode")
    open_at: dict[str, int] = {}
    if mode.lower() == "html":
        if text.count("<") != text.count(">"):
            at = len(text[: text.find("<") if "<" in text else text.find(">")].encode())
            raise _Refused(400, f"Bad Request: can't parse entities: Unsupported start tag at byte offset {at}")
        return
    for match in _MARKDOWN.finditer(text):
        sign = match[1]
        if sign:
            open_at.pop(sign) if sign in open_at else open_at.update({sign: match.start()})
    if open_at:
        at = len(text[: min(open_at.values())].encode())
        raise _Refused(
            400, f"Bad Request: can't parse entities: Can't find end of the entity starting at byte offset {at}"
        )
