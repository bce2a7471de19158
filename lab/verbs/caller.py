# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who speaks to the router, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass

#: Every policy of a user group [insp 7.22.3 /user/group policy].
ALL_POLICIES = frozenset(
    [
        "local",
        "telnet",
        "ssh",
        "ftp",
        "reboot",
        "read",
        "write",
        "policy",
        "test",
        "winbox",
        "password",
        "web",
        "sniff",
        "sensitive",
        "api",
        "romon",
        "rest-api",
    ]
)


@dataclass(frozen=True)
class Caller:
    """``origin`` says by which door: ``api``, ``script:NAME``, ``scheduler:NAME``, ``netwatch`` …

    ``session`` numbers the logins of one router; 0 is nobody's session. Safe mode belongs to one (facts 8).
    """

    user: str
    policies: frozenset[str]
    origin: str
    session: int = 0

    def may(self, policy: str) -> bool:
        return policy in self.policies


SYSTEM = Caller("*system", ALL_POLICIES, "system")
