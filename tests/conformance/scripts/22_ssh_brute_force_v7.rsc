# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
#| version: 7.22
#| about: stages of address lists against password guessers
#| rows: /ip/firewall/filter dst-port=22 5
#| rows: /ip/firewall/filter address-list=ssh-blacklist address-list-timeout=1w3d 1
#| first: /ip/firewall/filter src-address-list=ssh-blacklist action=drop
/ip firewall filter
add chain=input protocol=tcp dst-port=22 connection-state=new src-address-list=ssh-stage3 action=add-src-to-address-list address-list=ssh-blacklist address-list-timeout=10d comment="ssh"
add chain=input protocol=tcp dst-port=22 connection-state=new src-address-list=ssh-stage2 action=add-src-to-address-list address-list=ssh-stage3 address-list-timeout=1m
add chain=input protocol=tcp dst-port=22 connection-state=new src-address-list=ssh-stage1 action=add-src-to-address-list address-list=ssh-stage2 address-list-timeout=1m
add chain=input protocol=tcp dst-port=22 connection-state=new action=add-src-to-address-list address-list=ssh-stage1 address-list-timeout=1m
add chain=input protocol=tcp dst-port=22 src-address-list=ssh-blacklist action=drop place-before=[find comment="ssh"]
