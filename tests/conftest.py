# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""For all tests: an example of a property may take as long as a busy machine needs for it."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile("any-machine", deadline=None, suppress_health_check=(HealthCheck.too_slow,))
settings.load_profile("any-machine")
