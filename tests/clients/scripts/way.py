# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the scripts here learn of the router, and how they hand back what they saw. They run in .dev/clients."""

import json
import sys


def way():
    """What the test wrote to stdin: host, port, ssl_port, ssh_port, ca_file, user, password, version, more."""
    return json.load(sys.stdin)


def tell(seen):
    """Clients print on their own: the last line of three equals signs parts that from the answer."""
    print("\n===")
    print(json.dumps(seen, default=str))


def refused(action, *kinds):
    """(class, words) of the error of one of ``kinds`` that ``action()`` ends with."""
    try:
        seen = action()
    except kinds as error:
        return [type(error).__name__, str(error)]
    raise AssertionError(f"not refused: {seen!r}")
