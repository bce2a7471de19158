# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The queue menus, as data (see ``menus.py``).

Pairs are upload/download. The API prints rates as numbers (transcripts of ``/queue/simple``), an export as ``10M/5M``.
"""

from __future__ import annotations

from . import value_forms as forms
from .menu_shape import Menu, texts
from .versions import FAIR_QUEUES

#: After the lists, before the scripts that change them. A queue names its types.
_TYPES, _SIMPLE = 61, 62

QUEUE_MENUS: tuple[Menu, ...] = (
    Menu(
        "/queue/type",
        stage=_TYPES,
        # Without a comment in every version: such a row is named by its tag.
        mark="name",
        properties={
            **texts("name kind cake-flowmode pcq-src-address-mask pcq-dst-address-mask"),
            **dict.fromkeys(("pcq-rate", "pcq-burst-rate", "pcq-burst-threshold"), forms.rate),
            **dict.fromkeys(("pcq-limit", "pcq-total-limit"), forms.kibibytes),
            "pcq-classifier": forms.word_set,
            "pcq-burst-time": forms.duration,
            "cake-nat": forms.boolean,
        },
        # A row has the properties of its kind; what is not among them here stays as RouterOS makes it.
        defaults={
            "pcq-rate": "0",
            "pcq-burst-rate": "0",
            "pcq-burst-threshold": "0",
            "pcq-burst-time": "10s",
            "pcq-limit": "50KiB",
            "pcq-total-limit": "2000KiB",
            "pcq-src-address-mask": "32",
            "pcq-dst-address-mask": "32",
            "cake-flowmode": "triple-isolate",
            "cake-nat": "no",
        },
        unique=("name",),
        later=dict.fromkeys(("cake-flowmode", "cake-nat"), FAIR_QUEUES.since),
    ),
    Menu(
        "/queue/simple",
        stage=_SIMPLE,
        properties={
            **texts("name comment parent packet-marks priority queue bucket-size time total-priority total-queue"),
            **dict.fromkeys(("limit-at", "max-limit", "burst-limit", "burst-threshold"), forms.rates),
            **dict.fromkeys(
                ("total-limit-at", "total-max-limit", "total-burst-limit", "total-burst-threshold"), forms.rate
            ),
            "total-burst-time": forms.duration,
            "total-bucket-size": forms.text,
            "burst-time": forms.durations,
            "target": forms.prefixes,
            "dst": forms.prefix,
            "disabled": forms.boolean,
        },
        # The manual's page on queues and community.routeros.
        defaults={
            "parent": "none",
            "packet-marks": "",
            "priority": "8/8",
            "queue": "default-small/default-small",
            "bucket-size": "0.1/0.1",
            "limit-at": "0/0",
            "max-limit": "0/0",
            "burst-limit": "0/0",
            "burst-threshold": "0/0",
            "burst-time": "0s/0s",
            "disabled": "no",
        },
        # Whether they are printed when nobody set them is not known; ours never are.
        derived=frozenset(
            {
                *("total-limit-at", "total-max-limit", "total-burst-limit", "total-burst-threshold"),
                *("total-burst-time", "total-bucket-size", "total-priority", "total-queue"),
            }
        ),
        unsettable=True,
        # What ``unset`` takes in the tree of 7.22 is dst, target and time.
        blank=frozenset({"packet-marks"}),
        unique=("name",),
        ordered=True,
    ),
)
