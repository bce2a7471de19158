# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that test_notify.py asks, of RouterOS 6.49."""

from __future__ import annotations

from tests.lab.product.test_notify import *  # noqa: F403

VERSION = "6.49"
