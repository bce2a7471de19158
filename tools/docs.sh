#!/bin/sh
# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Module and role documentation: --lint checks it, without arguments it is built into build/docs.
set -eu
if [ "${1:-}" = --lint ]; then
    exec antsibull-docs lint-collection-docs --plugin-docs --skip-rstcheck .dev/collections/ansible_collections/multiwan/routeros
fi
mkdir -p build/docs
exec antsibull-docs collection --use-current --squash-hierarchy --dest-dir build/docs multiwan.routeros
