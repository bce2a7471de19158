#!/bin/sh
# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# The documentation: --lint checks that of modules and roles; without arguments the site is built into build/docs,
# a warning or a dead link is an error. `./dev docs` has made .dev/docs before.
set -eu
if [ "${1:-}" = --lint ]; then
    exec antsibull-docs lint-collection-docs --plugin-docs --skip-rstcheck .dev/collections/ansible_collections/multiwan/routeros
fi
pages=build/docs-pages
rm -rf "$pages" build/docs
mkdir -p "$pages/collection" build/docs
antsibull-docs collection --use-current --squash-hierarchy --fail-on-error --dest-dir "$pages/collection" multiwan.routeros
python tools/docs_site.py gather "$pages"
python tools/changelog.py
cp build/CHANGELOG.md "$pages/CHANGELOG.md"
.dev/docs/bin/python -m sphinx -q -W --keep-going -n -j auto -c tools/docs -d "$pages/.doctrees" "$pages" build/docs
python tools/docs_site.py check build/docs
