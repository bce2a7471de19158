# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Host keys: what is accepted, what is refused, and with which words."""

from __future__ import annotations

from pathlib import Path

import paramiko
import pytest
from ansible_collections.multiwan.routeros.plugins.plugin_utils import host_keys
from ansible_collections.multiwan.routeros.plugins.plugin_utils.host_keys import HostKeyError, Pins

KEY = paramiko.RSAKey.generate(2048)
OTHER = paramiko.RSAKey.generate(2048)
LINE = f"ssh-rsa {KEY.get_base64()}"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "fleet" / "known_hosts"


def pins(file: Path, **more: str) -> Pins:
    return Pins("192.0.2.1", 22, file, "jakarta", **more)


def test_an_unknown_key_is_refused_with_the_way_to_accept_it(file: Path) -> None:
    with pytest.raises(HostKeyError) as failure:
        host_keys.check(pins(file), KEY)
    assert f"-e multiwan_ssh_accept_host_key={host_keys.fingerprint(KEY)}" in str(failure.value)
    assert str(file) in str(failure.value)


@pytest.mark.parametrize("accept", [host_keys.fingerprint(KEY), host_keys.FIRST], ids=["fingerprint", "first"])
def test_an_accepted_key_is_recorded_once_and_right_from_then_on(file: Path, accept: str) -> None:
    assert host_keys.check(pins(file, accept=accept), KEY) is False
    host_keys.record(pins(file), KEY)
    host_keys.record(pins(file), KEY)
    assert file.read_text() == f"jakarta {LINE}\n"
    assert host_keys.check(pins(file), KEY) is True
    assert host_keys.known_types(pins(file)) == ("ssh-rsa",)


def test_the_wrong_fingerprint_accepts_nothing(file: Path) -> None:
    with pytest.raises(HostKeyError, match="which was to be accepted"):
        host_keys.check(pins(file, accept=host_keys.fingerprint(OTHER)), KEY)


@pytest.mark.parametrize("accept", [host_keys.fingerprint(OTHER), host_keys.FIRST], ids=["fingerprint", "first"])
def test_a_changed_key_is_never_accepted(file: Path, accept: str) -> None:
    host_keys.record(pins(file), KEY)
    with pytest.raises(HostKeyError, match="HAS CHANGED"):
        host_keys.check(pins(file, accept=accept), OTHER)


@pytest.mark.parametrize(
    "pin", [LINE, f"{LINE} jakarta", host_keys.fingerprint(KEY)], ids=["line", "line with a comment", "fingerprint"]
)
def test_the_branchs_own_pin_counts_alone(file: Path, pin: str) -> None:
    host_keys.record(pins(file), OTHER)
    assert host_keys.is_host_key(pin)
    assert host_keys.check(pins(file, host_key=pin), KEY) is True
    with pytest.raises(HostKeyError, match=r"HAS CHANGED.*multiwan_ssh_host_key"):
        host_keys.check(pins(file, host_key=pin), OTHER)


def test_two_new_routers_at_one_address_are_told_apart(file: Path) -> None:
    host_keys.record(pins(file), KEY)
    second = Pins("192.0.2.1", 22, file, "bandung", accept=host_keys.FIRST)
    assert host_keys.check(second, OTHER) is False
    host_keys.record(second, OTHER)
    assert host_keys.check(second, OTHER) is True
    assert host_keys.check(pins(file), KEY) is True


@pytest.mark.parametrize(("port", "address"), [(22, "192.0.2.1"), (2222, "[192.0.2.1]:2222")])
def test_lines_by_address_count_as_openssh_writes_them(file: Path, port: int, address: str) -> None:
    file.parent.mkdir()
    file.write_text(f"{address} {LINE}\n", encoding="utf-8")
    assert host_keys.check(Pins("192.0.2.1", port, file, "jakarta"), KEY) is True
    with pytest.raises(HostKeyError, match="not known"):
        host_keys.check(Pins("192.0.2.1", 2200, file, "jakarta"), KEY)


def test_a_name_that_would_mean_something_else_is_not_written(file: Path) -> None:
    odd = Pins("192.0.2.1", 22, file, "*,!jakarta bandung")
    host_keys.record(odd, KEY)
    assert file.read_text() == f"192.0.2.1 {LINE}\n"


def test_lines_of_others_stay(file: Path) -> None:
    file.parent.mkdir()
    file.write_text("# the fleet\n10.0.0.9 ssh-ed25519 AAAA", encoding="utf-8")
    host_keys.record(pins(file), KEY)
    assert file.read_text() == f"# the fleet\n10.0.0.9 ssh-ed25519 AAAA\njakarta {LINE}\n"


@pytest.mark.parametrize(
    "text", ["", "ssh-rsa", "ssh-rsa AAAA!", "SHA256:short", "MD5:aa:bb", f"ssh-dss {KEY.get_base64()}"]
)
def test_what_is_no_pin(text: str) -> None:
    assert not host_keys.is_host_key(text)
