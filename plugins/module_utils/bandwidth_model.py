# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How much of the internet a segment may use, after parsing. Speeds in bit/s."""

from __future__ import annotations

from dataclasses import dataclass, field

#: How the clients of a segment share what it has. ``none``: whoever asks most gets most.
FAIR = ("pcq", "fq-codel", "cake", "none")
#: RouterOS: 1 is served first, 8 last; a queue has 8 when nothing is said.
FIRST_PRIORITY, LAST_PRIORITY = 1, 8
#: Of what the living lines carry, so much is given out: the queue must be in the router, not in the modem.
SHARE_PERCENT = 95


def usable(speed: int) -> int:
    """What is given out of a line of ``speed``."""
    return speed * SHARE_PERCENT // 100


@dataclass(frozen=True)
class Rates:
    """bit/s; ``None``: nothing is said."""

    download: int | None = None
    upload: int | None = None

    def __bool__(self) -> bool:
        return self.download is not None or self.upload is not None


@dataclass(frozen=True)
class Burst:
    """``rates`` may be reached for a while; ``time_s``: over how many seconds goes the average that ends it."""

    rates: Rates = field(default_factory=Rates)
    time_s: int = 10


@dataclass(frozen=True)
class Bandwidth:
    """``limit``: never more. ``guaranteed``: at least this when others want it all. ``priority``: who is served first
    with what is left. ``per_client``: of each address. ``internet_only``: what stays inside is not counted."""

    limit: Rates = field(default_factory=Rates)
    guaranteed: Rates = field(default_factory=Rates)
    priority: int = LAST_PRIORITY
    per_client: Rates = field(default_factory=Rates)
    fair: str = "pcq"
    burst: Burst = field(default_factory=Burst)
    internet_only: bool = True
