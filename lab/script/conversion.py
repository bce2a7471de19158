# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
""":convert, :serialize and :deserialize (facts 6.4; lists of words from /console/inspect, 7.22)."""

from __future__ import annotations

import base64
import binascii
import codecs
import hashlib
import json
import re
import urllib.parse
from collections.abc import Callable, Mapping

from lab.script import dsv
from lab.script.errors import ScriptError
from lab.script.literals import literal, parse_number
from lab.script.values import MAX_NUM, NIL, Array, Id, Value, absent, bounded, from_utf8, to_text, utf8

Values = Mapping[str, Value]


def _bytes(value: Value) -> bytes:
    if isinstance(value, Array):
        return bytes(item % 256 for item in value.values() if isinstance(item, int))
    return utf8(to_text(value))


def _bits(data: bytes, *, least_first: bool) -> Value:
    bits = [(byte >> place) & 1 for byte in data for place in (range(8) if least_first else range(7, -1, -1))]
    return Array(tuple(bits))


def _number(data: bytes) -> Value:
    return min(int.from_bytes(data, "big"), MAX_NUM) if len(data) <= 8 else NIL


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
    for name in ("from-scheme", "to-scheme", "transform-scheme"):
        if name in given:
            raise ScriptError(f"{name} is not emulated")
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


# ---- JSON and delimited values


def _options(given: Values) -> list[str]:
    return _word(given, "options", "").replace(";", ",").split(",")


def _order(given: Values) -> list[str]:
    order = given.get("order", NIL)
    if isinstance(order, Array):
        return [to_text(name) for name in order.values()]
    return [] if absent(order) else to_text(order).split(",")


def serialize(given: Values) -> Value:
    """Text that looks like a number becomes one, with six places, unless options=json.no-string-conversion (manual)."""
    options = _options(given)
    if _format(given, "to") == "dsv":
        delimiter = _word(given, "delimiter", ",")
        return dsv.serialize(given["value"], delimiter=delimiter, options=options, order=_order(given))
    keep = "json.no-string-conversion" in options
    return bounded(_json(given["value"], keep=keep, indent="\n" if "json.pretty" in options else ""))


def _format(given: Values, name: str) -> str:
    word = _word(given, name, "json")
    if word not in ("json", "dsv"):
        raise ScriptError(f"input does not match any value of {name}")
    return word


def _json(value: Value, *, keep: bool, indent: str) -> str:
    """``indent``: a line end and the blanks of this level, empty for all in one line."""
    if isinstance(value, Array):
        deeper = indent + "    " if indent else ""
        colon = ": " if indent else ":"
        parts = [_json(item, keep=keep, indent=deeper) for item in value.values()]
        if value.keyed:
            parts = [
                f"{json.dumps(to_text(key))}{colon}{part}" for (key, _), part in zip(value.pairs(), parts, strict=True)
            ]
        left, right = ("{", "}") if value.keyed else ("[", "]")
        return f"{left}{','.join(deeper + part for part in parts)}{indent if parts else ''}{right}"
    if absent(value):
        return "null"
    if isinstance(value, bool | int):
        return json.dumps(value)
    text = to_text(value)
    if not keep and isinstance(value, str) and _DECIMAL.fullmatch(text):
        return f"{float(text):.6f}"
    return json.dumps(text, ensure_ascii=False)


#: texts that JSON could have as a number
_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")


def deserialize(given: Values) -> Value:
    """Texts become the values that they look like, unless options=json.no-string-conversion (manual)."""
    options = _options(given)
    if _format(given, "from") == "dsv":
        return dsv.deserialize(to_text(given["value"]), delimiter=_word(given, "delimiter", ","), options=options)
    try:
        tree = json.loads(to_text(given["value"]), parse_float=str, parse_int=parse_number, parse_constant=str)
    except ValueError as error:
        raise ScriptError("failed to parse json") from error
    return _from_json(tree, keep="json.no-string-conversion" in options)


def _from_json(tree: object, *, keep: bool) -> Value:
    if isinstance(tree, dict):
        return Array((), {_kept(key): _from_json(item, keep=keep) for key, item in tree.items()})
    if isinstance(tree, list):
        return Array(tuple(_from_json(item, keep=keep) for item in tree))
    if isinstance(tree, bool | int):
        return tree
    if tree is None:
        return NIL
    text = _kept(str(tree))
    value = None if keep else literal(text)
    return text if value is None or isinstance(value, bool | Id) else value


def _kept(text: str) -> str:
    """A lone half of a surrogate pair is no character: its bytes are kept. A byte that is none by itself stays one."""
    try:
        utf8(text)
    except UnicodeEncodeError:
        return from_utf8(text.encode("utf-8", "surrogatepass"))
    return text
