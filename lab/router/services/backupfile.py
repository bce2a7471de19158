# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A backup as a file: the rows of an image and the certificates, with or without a password. Pure.

The form is this lab's own; RouterOS' is not published. Encryption: AES and HMAC (Fernet) under scrypt of the password.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography import x509
from cryptography.fernet import Fernet, InvalidToken

from lab.router.services.certificates import Certificate
from lab.schema.snapshot import ConfigRow
from lab.store import Image

_PLAIN = "multiwan-lab-backup 1 plain\n"
_SEALED = "multiwan-lab-backup 1 sealed\n"
_SALT = 16


class BadBackup(Exception):
    """No backup, or not with this password."""


@dataclass(frozen=True)
class Backup:
    version: str
    image: Image
    certificates: Mapping[int, Certificate]


def is_backup(text: str) -> bool:
    return text.startswith((_PLAIN, _SEALED))


def write(backup: Backup, password: str = "") -> str:
    """The contents of the file."""
    document = {
        "version": backup.version,
        "menus": {path: [_row(row) for row in rows] for path, rows in backup.image.menus.items()},
        "next_id": dict(backup.image.next_id),
        "certificates": [
            [c.id, c.name, c.pem, c.trusted, c.trust_store, c.key_pem] for c in backup.certificates.values()
        ],
    }
    data = zlib.compress(json.dumps(document).encode())
    if not password:
        return _PLAIN + base64.b64encode(data).decode()
    salt = os.urandom(_SALT)
    return _SEALED + base64.b64encode(salt + Fernet(_key(password, salt)).encrypt(data)).decode()


def read(text: str, password: str = "") -> Backup:
    """Raises BadBackup."""
    try:
        data = base64.b64decode(text.partition("\n")[2])
        if text.startswith(_SEALED):
            data = Fernet(_key(password, data[:_SALT])).decrypt(data[_SALT:])
        elif not text.startswith(_PLAIN):
            raise BadBackup
        document = json.loads(zlib.decompress(data))
    except (ValueError, zlib.error, InvalidToken) as error:
        raise BadBackup from error
    menus = {path: tuple(ConfigRow(*row) for row in rows) for path, rows in document["menus"].items()}
    return Backup(
        document["version"],
        Image(menus, document["next_id"]),
        {c[0]: Certificate(c[0], c[1], x509.load_pem_x509_certificate(c[2].encode()), *c[3:])
         for c in document["certificates"]},
    )  # fmt: skip


def _row(row: ConfigRow) -> list[object]:
    return [row.id, dict(row.values), row.dynamic]


def _key(password: str, salt: bytes) -> bytes:
    return base64.urlsafe_b64encode(hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32))
