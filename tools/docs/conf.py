# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sphinx, as antsibull-docs sets it up for a collection, with the Markdown pages of this repository beside it."""

import atexit
import shutil
import tempfile
import zlib
from pathlib import Path

project = "multiwan.routeros"
copyright = "2026 the multiwan.routeros authors"
title = "multiwan.routeros"
html_title = title
html_short_title = title

extensions = ["myst_parser", "sphinx_antsibull_ext", "sphinx.ext.intersphinx"]

#: Pages of Ansible's own documentation that antsibull-docs refers to. Kept here so that a build needs no network.
ANSIBLE = "https://docs.ansible.com/projects/ansible/latest/"
ELSEWHERE = {
    "action_plugins": "plugins/action.html#action-plugins",
    "common_return_values": "reference_appendices/common_return_values.html#common-return-values",
    "ansible_configuration_settings": "reference_appendices/config.html#ansible-configuration-settings",
}


def inventory_of_ansible() -> str:
    """The file that intersphinx would fetch, with these three labels."""
    rows = "".join(f"{label} std:label -1 {page} {label}\n" for label, page in ELSEWHERE.items())
    head = (
        "# Sphinx inventory version 2\n# Project: ansible\n# Version:\n"
        "# The remainder of this file is compressed using zlib.\n"
    )
    file = Path(tempfile.mkdtemp(prefix="multiwan-docs-")) / "ansible.inv"
    atexit.register(shutil.rmtree, file.parent, ignore_errors=True)
    file.write_bytes(head.encode() + zlib.compress(rows.encode()))
    return str(file)


intersphinx_mapping = {"ansible": (ANSIBLE, inventory_of_ansible())}
intersphinx_cache_limit = 0

pygments_style = "ansible"
highlight_language = "none"

html_theme = "sphinx_ansible_theme"
html_theme_options = {
    "display_version": False,
    "documentation_home_url": "https://github.com/multiwan/routeros",
    "topbar_links": {},
}
html_show_sphinx = False
html_use_index = False
html_copy_source = False
html_use_modindex = False

# as on GitHub: every heading can be linked to, by the same name
myst_heading_anchors = 6

default_role = "any"
nitpicky = True
