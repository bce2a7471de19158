# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# What careful tutorials paste: children with guarantees and PCQ under a parent that has 95 % of the primary line.
/queue simple
add name=total target=10.0.10.0/24,10.0.20.0/24,10.0.30.0/24 max-limit=19M/19M
add name=stream parent=total target=10.0.10.0/24 limit-at=6M/6M max-limit=19M/19M priority=1/1 queue=pcq-upload-default/pcq-download-default
add name=crew parent=total target=10.0.20.0/24 limit-at=2M/2M max-limit=6M/6M priority=4/4 queue=pcq-upload-default/pcq-download-default
add name=guests parent=total target=10.0.30.0/24 max-limit=4M/4M queue=pcq-upload-default/pcq-download-default
