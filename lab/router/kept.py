# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a router keeps over a reboot beside its rows: certificates, and what device-mode allows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from lab.router.devicemode import DeviceMode
from lab.router.services.certificates import Certificate
from lab.store import Image


@dataclass
class Kept:
    """``certificates``: by id, as ``/certificate`` has them.

    ``scheduled``: scheduler row -> when it was added or changed, which is its start where it names none (RouterOS
    writes that moment into the row; here it stays beside it).
    """

    device_mode: DeviceMode
    certificates: dict[int, Certificate] = field(default_factory=dict)
    scheduled: dict[int, float] = field(default_factory=dict)
    #: whether somebody still has to be asked about the licence, at a terminal
    licence_unread: bool = False


class Power(Protocol):
    """Whoever can turn the router off and on again."""

    def reboot(self, image: Image | None = None) -> None:
        """Soon, not now: the command that asked is answered first. ``image``: come up with this configuration."""
        ...
