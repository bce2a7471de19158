# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A file on the controller that is there as a whole or not at all, and that nobody reads while it is written."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def written(path: Path, text: str, *, mode: int, check: bool) -> bool:
    """Whether the file was, or with ``check`` would be, another one. Raises ``OSError``."""
    data = text.encode("utf-8")
    if path.is_file() and path.read_bytes() == data and path.stat().st_mode & 0o777 == mode:
        return False
    if check:
        return True
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:100]}.")  # for its owner alone
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.chmod(draft, mode)
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise
    return True
