# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which policies of a user's group a command wants, beside ``read`` for looking and ``write`` for changing.

Sources: the manual's page on users (2026) says what each policy is for; what it leaves open was measured by others on
7.20.8 with users of different groups, where noted. Services check what only they know (policies of scripts, files).
"""

from __future__ import annotations

from collections.abc import Mapping

from lab.store.trap import Trap
from lab.verbs.caller import ALL_POLICIES, Caller

#: what a script or scheduler row may carry (command tree 7.22.3)
_OF_SCRIPTS = ALL_POLICIES & {
    *("ftp", "reboot", "read", "write", "policy", "test", "password", "sniff", "sensitive", "romon")
}
_SCRIPTS = frozenset({"/system/script", "/system/scheduler"})

#: menu -> command -> policies; ``*`` is every command of the menu, also below it
_WANTED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "/": {"ping": ("test",), "password": ("password",)},
    "/user": {"*": ("policy",)},  # looking, too: measured
    "/user/active": {"*": ()},
    "/system": {"reboot": ("reboot",), "shutdown": ("reboot",), "reset-configuration": ("reboot", "policy")},
    # measured: policy and test, neither write nor ftp nor sensitive
    "/system/backup": {"save": ("policy", "test")},
    "/system/package/update": {
        # measured on an update: refused without policy
        **dict.fromkeys(("cancel", "check-for-updates", "download", "install"), ("policy",)),
    },
    "/tool": {
        "torch": ("sniff",),
        **dict.fromkeys(("bandwidth-test", "fetch", "flood-ping", "ping-speed", "traceroute", "wol"), ("test",)),
    },
    "/tool/sniffer": {"*": ("sniff",)},
    "/tool/traffic-generator": {"*": ("sniff",)},
}


def check(menu: str, command: str, args: Mapping[str, str], caller: Caller) -> None:
    """Raises Trap when the caller's group lacks what the command wants."""
    for policy in wanted(menu, command):
        allow(caller, policy)
    if command == "export" and "file" in args:
        allow(caller, "ftp")  # measured: read and write are not enough


def wanted(menu: str, command: str) -> tuple[str, ...]:
    """Beside read and write."""
    path = menu
    while path:
        known = _WANTED.get(path, {})
        if path == menu and command in known:
            return known[command]
        if "*" in known:
            return known["*"]
        path = path.rpartition("/")[0]
    return ()


def allow(caller: Caller, policy: str) -> None:
    """Raises Trap when the caller's group lacks ``policy``."""
    if not caller.may(policy):
        raise Trap("not enough permissions (9)")


def script_policy(
    menu: str, values: Mapping[str, str | None], caller: Caller, *, verb: str, default: str
) -> str | None:
    """The ``policy`` that a new or changed script or scheduler row gets; None: none is set.

    Nobody writes a script that may do more than he (manual of 2.9 to 6); by default it may what he may (manual of
    2026). That asking for more is refused, and in which words, is unsure.
    """
    if menu not in _SCRIPTS:
        return None
    asked = values.get("policy")
    if asked is None:
        if verb != "add":
            return None
        return ",".join(word for word in default.split(",") if word in caller.policies)
    if frozenset(asked.split(",")) & _OF_SCRIPTS - caller.policies:
        raise Trap("not enough permissions (9)")
    return asked


def added_up(old: str, asked: str) -> str:
    """``/user/group set policy=``: only the policies that are named change (measured on 7.20.8)."""
    state = dict.fromkeys((word.removeprefix("!") for word in old.split(",")), False)
    for word in [*old.split(","), *(part for part in asked.split(",") if part)]:
        state[word.removeprefix("!")] = not word.startswith("!")
    return ",".join(name if on else f"!{name}" for name, on in state.items())
