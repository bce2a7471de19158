# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``./dev demo``: one branch end to end, measured, shown while it happens, and judged by its own promises."""
