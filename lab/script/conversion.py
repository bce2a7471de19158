# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
""":convert, :serialize and :deserialize (facts 6.4; lists of words from /console/inspect, 7.22)."""

from __future__ import annotations

import base64
import binascii
import codecs
import hashlib
import json
import urllib.parse
from collections.abc import Callable, Mapping

from lab.script.errors import ScriptError
from lab.script.literals import parse_number
from lab.script.values import NIL, Array, Time, Value, absent, from_utf8, to_text, utf8

Values = Mapping[str, Value]


def _bytes(value: Value) -> bytes:
    if isinstance(value, Array):
        return bytes(item % 256 for item in value.values() if isinstance(item, int))
    return utf8(to_text(value))


def _bits(data: bytes, *, least_first: bool) -> Value:
    bits = [(byte >> place) & 1 for byte in data for place in (range(8) if least_first else range(7, -1, -1))]
    return Array(tuple(bits))


def _number(data: bytes) -> Value:
    return int.from_bytes(data, "big") if len(data) <= 8 else NIL


_TO: dict[str, Callable[[bytes], Value]] = {
    "raw": from_utf8,
    "url": lambda data: urllib.parse.quote(data, safe="-_.~"),
    "base64": lambda data: base64.b64encode(data).decode(),
    "base32": lambda data: base64.b32encode(data).decode(),
    "hex": lambda data: data.hex(),
    "rot13": lambda data: codecs.encode(from_utf8(data), "rot13"),
    "num": _number,
    "byte-array": lambda data: Array(tuple(data)),
    "bit-array-msb": lambda data: _bits(data, least_first=False),
    "bit-array-lsb": lambda data: _bits(data, least_first=True),
}
_FROM: dict[str, Callable[[Value], bytes]] = {
    "raw": _bytes,
    "byte-array": _bytes,
    "url": lambda value: urllib.parse.unquote_to_bytes(utf8(to_text(value))),
    "base64": lambda value: base64.b64decode(utf8(to_text(value)), validate=True),
    "base32": lambda value: base64.b32decode(utf8(to_text(value))),
    "hex": lambda value: bytes.fromhex(to_text(value)),
    "rot13": lambda value: utf8(codecs.encode(to_text(value), "rot13")),
}
_TRANSFORM: dict[str, Callable[[bytes], bytes]] = {
    "none": lambda data: data,
    "lc": bytes.lower,
    "uc": bytes.upper,
    "lcfirst": lambda data: data[:1].lower() + data[1:],
    "ucfirst": lambda data: data[:1].upper() + data[1:],
    "reverse": lambda data: data[::-1],
    "md5": lambda data: hashlib.md5(data).hexdigest().encode(),
    "sha1": lambda data: hashlib.sha1(data).hexdigest().encode(),
    "sha256": lambda data: hashlib.sha256(data).hexdigest().encode(),
    "sha384": lambda data: hashlib.sha384(data).hexdigest().encode(),
    "sha512": lambda data: hashlib.sha512(data).hexdigest().encode(),
}


def _word(given: Values, name: str, otherwise: str) -> str:
    return to_text(given.get(name, otherwise))


def convert(given: Values) -> Value:
    source, target = _word(given, "from", "raw"), _word(given, "to", "raw")
    change = _word(given, "transform", "none")
    for name, word, known in (("from", source, _FROM), ("to", target, _TO), ("transform", change, _TRANSFORM)):
        if word not in known:
            raise ScriptError(f"input does not match any value of {name}")
    try:
        data = _FROM[source](given["value"])
    except (ValueError, binascii.Error) as error:
        raise ScriptError(f"failed to convert from {source}") from error
    return _TO[target](_TRANSFORM[change](data))


# ---- JSON


def serialize(given: Values) -> Value:
    """Text that looks like a number becomes one unless options=json.no-string-conversion."""
    _only_json(given, "to")
    options = _word(given, "options", "").replace(";", ",").split(",")
    tree = _to_json(given["value"], keep="json.no-string-conversion" in options)
    pretty = "json.pretty" in options
    return json.dumps(tree, ensure_ascii=False, indent=4 if pretty else None, separators=None if pretty else (",", ":"))


def _only_json(given: Values, name: str) -> None:
    word = _word(given, name, "json")
    if word == "dsv":
        raise ScriptError("dsv is not emulated")
    if word != "json":
        raise ScriptError(f"input does not match any value of {name}")


def _to_json(value: Value, *, keep: bool) -> object:
    if isinstance(value, Array):
        if value.keyed or not value.items:
            pairs = ((to_text(key), _to_json(item, keep=keep)) for key, item in value.pairs())
            return dict(pairs) if value.keyed else []
        return [_to_json(item, keep=keep) for item in value.items]
    if absent(value):
        return None
    if isinstance(value, bool | int):
        return value
    if isinstance(value, Time):
        return str(value)
    text = to_text(value)
    number = None if keep else parse_number(text)
    return text if number is None else number


def deserialize(given: Values) -> Value:
    _only_json(given, "from")
    options = _word(given, "options", "").replace(";", ",").split(",")
    try:
        tree = json.loads(to_text(given["value"]), parse_float=str)
    except ValueError as error:
        raise ScriptError("failed to parse json") from error
    return _from_json(tree, keep="json.no-string-conversion" in options)


def _from_json(tree: object, *, keep: bool) -> Value:
    if isinstance(tree, dict):
        return Array((), {key: _from_json(item, keep=keep) for key, item in tree.items()})
    if isinstance(tree, list):
        return Array(tuple(_from_json(item, keep=keep) for item in tree))
    if isinstance(tree, bool | int):
        return tree
    if tree is None:
        return NIL
    text = str(tree)
    number = None if keep else parse_number(text)
    return text if number is None else number
