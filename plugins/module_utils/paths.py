# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which paths a branch has: those of the PCC slots and those of the pins."""

from __future__ import annotations

from . import names, slots
from .model import Branch, Pin, Uplink

Path = tuple[Uplink, ...]


def slot_paths(branch: Branch) -> tuple[Path, ...]:
    """One path per PCC remainder. A single path takes everything in mode ``failover``, and when only one uplink is not
    metered. No path begins with a metered uplink; they stand at its end, or come after it in ``main``.
    """
    sharing = tuple(uplink for uplink in branch.uplinks if not uplink.metered)
    if branch.mode == "failover" or len(sharing) == 1:
        return (pin_path(branch, branch.by_priority[0].name),)
    metered = branch.by_priority[len(sharing) :] if _names_all(branch) else ()
    chosen = slots.choose_slots(tuple(uplink.weight for uplink in sharing))
    return tuple((*(sharing[index] for index in path), *metered) for path in chosen.paths)


def pin_path(branch: Branch, uplink: str) -> Path:
    """The pinned uplink, then the others by priority; beyond four uplinks one other, ``main`` follows by priority."""
    first = branch.uplink(uplink)
    others = tuple(other for other in branch.by_priority if other is not first)
    return (first, *(others if _names_all(branch) else others[:1]))


def _names_all(branch: Branch) -> bool:
    """Whether a path names every uplink; else ``main`` goes on by priority, metered ones last."""
    return len(branch.uplinks) <= slots.FULL_PATHS


def all_paths(branch: Branch) -> tuple[Path, ...]:
    """Every path once, in order of first use."""
    pinned = tuple(pin_path(branch, pin.uplink) for pin in all_pins(branch) if pin.fallback)
    together = (pin_path(branch, branch.by_priority[0].name),) if hashes_ports(branch) else ()
    return tuple(dict.fromkeys((*slot_paths(branch), *pinned, *together)))


def hashes_ports(branch: Branch) -> bool:
    """Whether two connections between the same two hosts may take different uplinks."""
    return "port" in branch.classifier and len(slot_paths(branch)) > 1


def all_pins(branch: Branch) -> tuple[Pin, ...]:
    """Pins of the file, then those that segments ask for: a destination is more special than a whole segment."""
    segments = (
        Pin(name=segment.name, uplink=segment.uplink, fallback=True, kind="segment", segment=segment.name)
        for segment in branch.segments
        if segment.uplink is not None
    )
    return (*branch.pins, *segments)


def path_table(path: Path) -> str:
    return names.path_table([uplink.name for uplink in path])
