# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Traffic generators: a process of their own that makes sockets in the clients' and the internet's namespaces."""
