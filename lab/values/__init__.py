# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""RouterOS value types: text in, canonical text out."""

from lab.values.base import BadValue, NoReferences, References, Renamer, Type

__all__ = ["BadValue", "NoReferences", "References", "Renamer", "Type"]
