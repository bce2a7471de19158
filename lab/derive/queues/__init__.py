# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/queue`` compiled to one HTB tree and one nftables table that chooses the class. Pure."""
