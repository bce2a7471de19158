# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the scripts of different RouterOS versions write in different words."""

from __future__ import annotations

import string

from .versions import CONVERT, FETCH_OUTPUT, ONERROR, Version

#: RFC 3986: what a form may hold as it is.
_UNRESERVED = string.ascii_letters + string.digits + "-._~"


def indented(text: str, blanks: int) -> str:
    """As ``textwrap.indent``, in a third of its time: a plan's scripts have a thousand lines."""
    margin = " " * blanks
    return "".join([line if line.isspace() else margin + line for line in text.splitlines(keepends=True)])


def attempt(body: str, otherwise: str, version: Version, *, error: str) -> str:
    """Runs ``body``; when it fails, ``otherwise``, which from 7.13 on has the error's text in variable ``error``."""
    begin, between = (f":onerror {error} in={{", "} do={") if ONERROR.on(version) else (":do {", "} on-error={")
    end = f"\n{indented(otherwise, 2)}\n}}" if otherwise else "}"
    return f"{begin}\n{indented(body, 2)}\n{between}{end}"


def tried(body: str, version: Version) -> str:
    """Runs ``body`` and goes on when it fails: a row that is there already, or one that has gone."""
    return attempt(body, "", version, error="mwError")


def keeps_nothing(version: Version) -> str:
    """The option of ``/tool fetch`` that leaves no file behind."""
    return "output=none" if FETCH_OUTPUT.on(version) else "keep-result=no"


def encoded(expression: str, version: Version) -> str:
    """A command that gives the URL-encoded form of ``expression``; it may need :func:`encoder` before it."""
    return f"[:convert {expression} to=url]" if CONVERT.on(version) else f"[$mwEncode mwRaw={expression}]"


def encoder(version: Version) -> str:
    """A function for versions without ``:convert``: every byte that is not unreserved becomes ``%XX``.

    Texts are bytes to ``:len``, ``:pick`` and ``:find``. The number of a byte is its place in a text of all bytes; 00,
    which no label can hold, is left out. No ``%`` as an operator: RouterOS 6 is not sure to have it.
    """
    if CONVERT.on(version):
        return ""
    every = "".join(f"\\{byte:02X}" for byte in range(1, 256))
    return f"""\
:local mwEncode do={{
  :local mwEvery "{every}"
  :local mwPlain "{_UNRESERVED}"
  :local mwDigits "0123456789ABCDEF"
  :local mwDone ""
  :local mwAt 0
  :while ($mwAt < [:len $mwRaw]) do={{
    :local mwByte [:pick $mwRaw $mwAt ($mwAt + 1)]
    :if ([:typeof [:find $mwPlain $mwByte]] = "num") do={{
      :set mwDone ($mwDone . $mwByte)
    }} else={{
      :local mwNumber ([:find $mwEvery $mwByte] + 1)
      :local mwHigh ($mwNumber / 16)
      :local mwLow ($mwNumber - ($mwHigh * 16))
      :set mwDone ($mwDone . "%" . [:pick $mwDigits $mwHigh] . [:pick $mwDigits $mwLow])
    }}
    :set mwAt ($mwAt + 1)
  }}
  :return $mwDone
}}
"""
