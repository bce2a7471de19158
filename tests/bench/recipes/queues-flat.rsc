# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# What generators and tutorials paste: one simple queue for each VLAN that has a limit, nothing else said.
/queue simple
add name=crew target=vlan20 max-limit=6M/6M
add name=guests target=vlan30 max-limit=4M/4M
