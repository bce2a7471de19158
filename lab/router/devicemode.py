# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/system/device-mode``: what a router may do at all, and how that is changed. Pure (facts 8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lab.schema.model import version_key

#: every single feature, and whether the mode that big routers ship with allows it (``/system/device-mode`` of a CHR)
_ADVANCED: Mapping[str, bool] = {
    "bandwidth-test": True,
    "container": False,
    "email": True,
    "fetch": True,
    "flagged": False,
    "flagging-enabled": True,
    "hotspot": True,
    "install-any-version": False,
    "ipsec": True,
    "l2tp": True,
    "partitions": False,
    "pptp": True,
    "proxy": True,
    "romon": True,
    "routerboard": False,
    "scheduler": True,
    "smb": True,
    "sniffer": True,
    "socks": True,
    "traffic-gen": False,
    "zerotier": True,
}
_BASIC_LACKS = frozenset({"hotspot", "proxy", "zerotier"})
_HOME_LACKS = _BASIC_LACKS | {"bandwidth-test", "email", "fetch", "romon", "scheduler", "sniffer", "socks"}
#: the modes and what each takes away from ``_ADVANCED``
_MODES: Mapping[str, frozenset[str]] = {
    "advanced": frozenset(),
    "enterprise": frozenset(),
    "basic": _BASIC_LACKS,
    "home": _HOME_LACKS,
}
MODES = ("advanced", "basic", "home")
MAX_ATTEMPTS = 3
ACTIVATION_S = 300.0


class Refused(Exception):
    """An update that can't be. The text is the router's, as far as one is known."""


@dataclass(frozen=True)
class DeviceMode:
    """``single``: features set one by one, over what the mode says. ``attempts``: updates that nobody confirmed yet."""

    mode: str = "advanced"
    single: Mapping[str, bool] = field(default_factory=dict)
    attempts: int = 0

    def allows(self, feature: str) -> bool:
        return self.single.get(feature, _ADVANCED[feature] and feature not in _MODES[self.mode])

    def shown(self, version: str, names: frozenset[str]) -> dict[str, str]:
        """The read-only properties of the menu, those that it has. Before 7.17 the mode advanced was ``enterprise``."""
        mode = self.mode if version_key(version) >= (7, 17) or self.mode == "home" else "enterprise"
        words = {feature: "true" if self.allows(feature) else "false" for feature in _ADVANCED}
        shown = {"mode": mode, "attempt-count": str(self.attempts), **words}
        return {name: text for name, text in shown.items() if name in names}

    def updated(self, args: Mapping[str, str]) -> DeviceMode:
        """After ``/system/device-mode/update``. A new mode drops all single features. Raises Refused."""
        if self.attempts >= MAX_ATTEMPTS:
            raise Refused("failure: too many attempts without confirmation")
        mode, single = self.mode, dict(self.single)
        if "mode" in args:
            if args["mode"] not in _MODES:
                raise Refused("input does not match any value of mode")
            mode, single = args["mode"], {}
        for feature, text in args.items():
            if feature in _ADVANCED:
                if text not in ("yes", "no", "true", "false"):
                    raise Refused(f"input does not match any value of {feature}")
                single[feature] = text in ("yes", "true")
        return DeviceMode(mode, single, self.attempts)
