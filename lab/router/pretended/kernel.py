# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""In the place of a kernel: takes every plan, does nothing with it, and counts nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from lab.actuate.actuator import Actuator
from lab.derive.plan import KernelPlan, QueuePlan

Values = Mapping[str, str]


class NoConnections:
    """``/ip/firewall/connection``; ``rows`` are given by who knows what is pretended."""

    def rows(self) -> Sequence[tuple[int, Values]]:
        return []

    def remove(self, ids: Iterable[int]) -> None:
        """Who is asked to forget a connection has forgotten it: the next look shows others anyway."""


class NoKernel(Actuator):
    """Opens no socket and starts no process, so it works in any namespace without touching it."""

    def __init__(self) -> None:
        self.plan = KernelPlan()
        self.queues = _NoQueues()  # type: ignore[assignment]  # the part of it that is asked for
        self.connections = NoConnections()  # type: ignore[assignment]  # the same

    def apply(self, plan: KernelPlan) -> None:
        self.plan = plan

    def resync(self) -> None:
        """There is nothing to compare with."""

    def rule_counters(self) -> Mapping[tuple[str, int], tuple[int, int]]:
        return {}

    def queue_plan(self) -> QueuePlan:
        return QueuePlan()

    def evaluations(self) -> Mapping[tuple[str, int], int]:
        return {}

    def reset_counters(self, names: Iterable[str]) -> None:
        """Nothing was counted."""

    def dynamic_addresses(self) -> Mapping[str, tuple[tuple[str, int], ...]]:
        return {}

    def remove_dynamic_address(self, name: str, address: str) -> None:
        raise KeyError(address)

    def power_off(self, ports: Iterable[str]) -> None:
        self.plan = KernelPlan()

    def close(self) -> None:
        self.plan = KernelPlan()


class _NoQueues:
    def counters(self) -> Mapping[int, object]:
        return {}
