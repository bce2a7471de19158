# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.router.services import pemfile
from lab.router.services.backupfile import Backup, BadBackup, is_backup, read, write
from lab.router.services.certificates import Certificate
from lab.schema.snapshot import ConfigRow
from lab.store import Image
from tests.unit.lab.services.web import Authority

values = st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=20), max_size=4)
rows = st.builds(ConfigRow, st.integers(0, 2**32), values, st.booleans())
images = st.builds(
    Image,
    st.dictionaries(st.sampled_from(["/ip/route", "/queue/simple"]), st.lists(rows, max_size=4).map(tuple)),
    st.dictionaries(st.sampled_from(["/ip/route"]), st.integers(1, 999)),
)


@given(images)
def test_what_is_written_is_read(image: Image) -> None:
    text = write(Backup("7.22", image, {}))
    assert is_backup(text)
    assert read(text) == Backup("7.22", image, {})


def test_certificates_are_in_it() -> None:
    certificate = Certificate(3, "ca", pemfile.load(Authority().pem)[0], True, "fetch")
    assert read(write(Backup("7.22", Image({}, {}), {3: certificate}))).certificates == {3: certificate}


def test_a_password_is_needed_and_nothing_shows_without() -> None:
    image = Image({"/system/identity": (ConfigRow(0, {"name": "a-name-to-look-for"}),)}, {})
    text = write(Backup("7.22", image, {}), "right")
    assert is_backup(text)
    for wrong in ("", "wrong"):
        with pytest.raises(BadBackup):
            read(text, wrong)
    assert read(text, "right").image == image


@pytest.mark.parametrize("text", ["", "x", "multiwan-lab-backup 1 plain\nAAAA", "multiwan-lab-backup 1 sealed\nAAAA"])
def test_what_is_no_backup_is_refused(text: str) -> None:
    with pytest.raises(BadBackup):
        read(text, "x")
