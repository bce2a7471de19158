# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Licences by their SPDX identifiers, and which of them may be combined with GPL-3.0-or-later.

The list follows https://www.gnu.org/licenses/license-list.html (GPL-compatible licences, version 3).
"""

from __future__ import annotations

import re
from email.message import Message

COMPATIBLE = frozenset(
    {
        "0BSD",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CC0-1.0",
        "GPL-2.0-or-later",
        "GPL-3.0-only",
        "GPL-3.0-or-later",
        "HPND",
        "ISC",
        "LGPL-2.1-only",
        "LGPL-2.1-or-later",
        "LGPL-3.0-or-later",
        "LicenseRef-public-domain",
        "MIT",
        "MIT-0",
        "MIT-CMU",
        "MPL-2.0",
        "PSF-2.0",
        "Python-2.0",
        "Unlicense",
        "ZPL-2.1",
        "Zlib",
    }
)

#: What older metadata says, in a word of its own or as a classifier.
_OTHER_WORDS = {
    "apache 2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "apache-2": "Apache-2.0",
    "bsd": "BSD-3-Clause",
    "bsd license": "BSD-3-Clause",
    "bsd 3-clause": "BSD-3-Clause",
    "bsd-3-clause license": "BSD-3-Clause",
    "gnu general public license v2 or later (gplv2+)": "GPL-2.0-or-later",
    "gnu general public license v3 (gplv3)": "GPL-3.0-only",
    "gnu general public license v3 or later (gplv3+)": "GPL-3.0-or-later",
    "gnu lesser general public license v3 or later (lgplv3+)": "LGPL-3.0-or-later",
    "gplv2+": "GPL-2.0-or-later",
    "gplv3+": "GPL-3.0-or-later",
    "gpl-3.0": "GPL-3.0-only",
    "isc license": "ISC",
    "isc license (iscl)": "ISC",
    "lgpl-2.1": "LGPL-2.1-only",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "public domain": "LicenseRef-public-domain",
    "this software released into the public domain. anyone is free to copy,": "LicenseRef-public-domain",
    "python software foundation license": "PSF-2.0",
    "the unlicense (unlicense)": "Unlicense",
    "zope public license": "ZPL-2.1",
}
_KNOWN = {name.lower(): name for name in COMPATIBLE}
_WORDS = re.compile(r"\s+(AND|OR|WITH)\s+|[()]")
UNKNOWN = "unknown"


def identifier(said: Message) -> str:
    """An SPDX expression from the metadata of a package: its expression, its word, or its classifiers."""
    if expression := said["License-Expression"]:
        return " ".join(_OTHER_WORDS.get(word.lower(), word) for word in str(expression).split())
    classifiers = (str(line).rpartition("::")[2].strip() for line in said.get_all("Classifier") or [])
    named = [str(said["License"] or "").splitlines()[0].strip() if said["License"] else "", *classifiers]
    found = dict.fromkeys(known for word in named if (known := _known(word)))
    # several classifiers are parts under several licences; a word of the author's own comes first
    return next(iter(found), UNKNOWN) if named[0] and _known(named[0]) else (" AND ".join(found) or UNKNOWN)


def _known(word: str) -> str:
    if all(part.lower() in _KNOWN for part in _parts(word)):
        return word
    return _OTHER_WORDS.get(word.lower(), "")


def _parts(expression: str) -> list[str]:
    """The identifiers of an expression; a lone word is one."""
    return [
        part.strip() for part in _WORDS.split(expression) if part and part.strip() not in ("", "AND", "OR", "WITH")
    ] or [""]


def compatible(expression: str) -> bool:
    """Whether all of it is on the list; one side of an ``OR`` is enough."""
    if not expression or expression == UNKNOWN:
        return False
    groups = re.split(r"\s+AND\s+", expression.replace("(", "").replace(")", ""))
    return all(any(name.strip() in COMPATIBLE for name in re.split(r"\s+OR\s+", group)) for group in groups)
