#!/bin/sh
# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# `./dev lint`: every linter runs, then the exit code tells whether any of them complained.
set -u
bad=0
step() {
    printf '+ %s\n' "$*"
    "$@" || { bad=1; printf 'FAILED: %s\n' "$*"; }
}
step ruff format --check .
step ruff check .
step mypy
step yamllint --strict .
# an earlier copy of this collection, which ansible-lint would take for the one that is checked
rm -rf .dev/ansible/collections/ansible_collections/multiwan
step ansible-lint --offline --strict
step python tools/generate.py --check
step sh tools/docs.sh --lint
step python tools/docs_lint.py
step python tools/changelog.py
step python tools/spdx.py
step python -m tools.quality.licences --check
command -v shellcheck >/dev/null 2>&1 && step shellcheck dev tools/*.sh
exit $bad
