# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bootstrap against the lab's router without a network: what it writes, proves, closes, and leaves when it fails."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.least_policies import POLICIES
from ansible_collections.multiwan.routeros.plugins.plugin_utils import fleet_ca
from ansible_collections.multiwan.routeros.plugins.plugin_utils.bootstrap_run import (
    NOTHING_CLOSED,
    NOTHING_WRITTEN,
    BootstrapError,
)

from tests.unit.plugins.bootstrap_router import NOW, PASSWORD, Router, order

VERSIONS = ("6.49", "7.9", "7.24")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With an authority: making one takes a second."""
    made = tmp_path_factory.mktemp("fleet")
    fleet_ca.FleetAuthority(made / "ca").ensure(NOW)
    return made


@pytest.fixture
def router(folder: Path) -> Router:
    return Router(folder)


@pytest.mark.parametrize("version", VERSIONS)
def test_check_mode_says_what_a_run_does_and_a_second_run_does_nothing(tmp_path: Path, version: str) -> None:
    router = Router(tmp_path, version)
    before = router.writes()
    said = router.run(order(), check=True)
    assert router.writes() == before
    assert not router.authority.folder.exists()
    done = router.run(order())
    assert said.changes == done.changes
    assert not said.proven
    assert done.proven
    after = router.writes()
    for check in (True, False):
        again = router.run(order(), check=check)
        assert (again.changes, again.proven) == ((), True)
        assert again.certificate == done.certificate
    assert router.writes() == after


@pytest.mark.parametrize("version", VERSIONS)
def test_what_the_router_holds_in_the_end(folder: Path, version: str) -> None:
    router = Router(folder, version)
    done = router.run(order())
    service = router.row("/ip/service", "api-ssl")
    assert service["certificate"] == done.certificate
    assert service["address"] == "10.0.0.0/8,192.168.88.7/32"
    assert router.row("/user", "multiwan")["address"] == "10.0.0.0/8,192.168.88.7/32"
    policies = router.row("/user/group", "multiwan")["policy"].split(",")
    assert {word for word in policies if not word.startswith("!")} == set(POLICIES)
    open_now = {row["name"] for row in router.call("/ip/service", "print") if row["disabled"] == "false"}
    assert open_now == {"ftp", "ssh", "www", "winbox", "api-ssl"}
    assert [row["name"] for row in router.call("/certificate", "print")] == [done.certificate]
    assert router.call("/file", "print") == []


def test_no_service_is_closed_before_the_new_way_was_used(router: Router) -> None:
    router.unreachable = True
    before = router.row("/ip/service", "api-ssl")
    with pytest.raises(BootstrapError) as failure:
        router.run(order())
    assert "the new way does not work" in failure.value.faults[0]
    assert failure.value.left.startswith(NOTHING_CLOSED)
    assert router.row("/ip/service", "api")["disabled"] == "false"
    assert router.row("/ip/service", "telnet")["disabled"] == "false"
    after = router.row("/ip/service", "api-ssl")
    assert {key: after.get(key) for key in ("certificate", "address", "disabled")} == {
        key: before.get(key) for key in ("certificate", "address", "disabled")
    }
    router.unreachable = False
    assert router.run(order()).proven


def test_a_run_that_broke_at_any_command_is_finished_by_the_next(folder: Path) -> None:
    """Every command that writes fails once; never is anything closed then, and the next run ends as if nothing was."""
    whole = Router(folder)
    whole.call("/ip/firewall/filter", "add", chain="input", action="drop")
    whole.run(order())
    writing = [command for command in whole.console.commands if not command.startswith((":put", ":foreach"))]
    assert len(writing) >= 8
    for command in writing:
        router = Router(folder)
        router.call("/ip/firewall/filter", "add", chain="input", action="drop")
        router.console.broken = command.split("mw-api-")[0]
        if router.console.broken.startswith("/file remove"):
            continue  # RouterOS removes the files itself from 7.15 on
        with pytest.raises(BootstrapError):
            router.run(order())
        router.console.broken = ""
        if "disabled=yes" not in command:
            assert _open(router) >= {"api", "telnet"}
        assert router.run(order()).proven
        assert _open(router) == _open(whole)
        assert len(router.call("/certificate", "print")) == 1
        assert router.run(order()).changes == ()


def _open(router: Router) -> set[str]:
    return {row["name"] for row in router.call("/ip/service", "print") if row["disabled"] == "false"}


def test_a_password_that_was_changed_is_set_again(router: Router) -> None:
    router.run(order())
    said = router.run(order(api_password="another one 42"), check=True)
    done = router.run(order(api_password="another one 42"))
    assert said.changes == done.changes == ("give the user multiwan its password",)
    assert done.proven


def test_another_address_of_the_router_brings_another_certificate(router: Router) -> None:
    first = router.run(order())
    second = router.run(order(api_host="branch.example.net"))
    assert first.certificate != second.certificate
    assert [row["name"] for row in router.call("/certificate", "print")] == [second.certificate]
    assert "remove the old certificate" in second.changes[-1]


def test_a_certificate_in_its_last_thirty_days_is_renewed(router: Router) -> None:
    first = router.run(order(certificate_days=60))
    assert router.run(order(certificate_days=90)).certificate == first.certificate
    name = str(first.certificate)
    (row,) = router.call("/certificate", "print")
    sooner = name[:-8] + "20270110"  # nine days from the rig's now
    router.call("/certificate", "set", **{".id": row[".id"], "name": sooner})
    renewed = router.run(order(certificate_days=60))
    assert renewed.certificate == name
    assert [one["name"] for one in router.call("/certificate", "print")] == [name]


def test_the_passphrase_and_the_password_never_stand_in_what_is_told(router: Router) -> None:
    router.console.broken = "/certificate import"
    with pytest.raises(BootstrapError) as failure:
        router.run(order())
    assert PASSWORD not in str(failure.value)
    assert "passphrase" not in str(failure.value)


def test_who_would_lock_himself_out_is_told_before_any_write(router: Router, monkeypatch: pytest.MonkeyPatch) -> None:
    real = router.console._exec

    def seen_from(command: str) -> str:
        return "mw|admin|192.168.88.20\nmw|other|10.0.0.1\nmw-done" if "/user active" in command else real(command)

    monkeypatch.setattr(router.console, "_exec", seen_from)
    before = router.writes()
    with pytest.raises(BootstrapError) as failure:
        router.run(order())
    assert "sees this controller as 192.168.88.20" in failure.value.faults[0]
    assert failure.value.left == NOTHING_WRITTEN
    assert router.writes() == before
    router.peer = "192.168.88.20"
    assert router.run(order(management=["192.168.88.0/24"])).proven
    assert router.run(order(management="any")).proven
    assert router.row("/ip/service", "api-ssl").get("address", "") == ""


@pytest.mark.parametrize("day", ["1970-01-02", "jan/02/1970"])
def test_a_clock_that_was_never_set_is_told(router: Router, monkeypatch: pytest.MonkeyPatch, day: str) -> None:
    real = router.console._exec

    def unset(command: str) -> str:
        return f"mw|7.22 (stable)|{day}\nmw-done" if "/system clock" in command else real(command)

    monkeypatch.setattr(router.console, "_exec", unset)
    note = router.run(order()).notes[0]
    assert "1970-01-02" in note


def test_services_in_clear_text_that_stay_open_are_told(router: Router) -> None:
    (note,) = router.run(order()).notes
    assert "stay open: ftp, www." in note
    assert router.run(order(close_services=["api", "ftp", "telnet", "www"])).notes == ()


def test_an_encrypted_authority_asks_for_its_passphrase_only_when_it_must_sign(tmp_path: Path) -> None:
    router = Router(tmp_path, passphrase="correct horse")
    router.run(order())
    router.authority = fleet_ca.FleetAuthority(router.authority.folder)
    assert router.run(order()).changes == ()
    before = router.writes()
    for check in (True, False):
        with pytest.raises(BootstrapError, match="multiwan_ca_passphrase") as failure:
            router.run(order(api_host="10.9.9.9"), check=check)
        assert failure.value.left == NOTHING_WRITTEN
    assert router.writes() == before


def test_a_router_that_is_too_old_is_left_alone(tmp_path: Path) -> None:
    router = Router(tmp_path, "7.5")
    before = router.writes()
    with pytest.raises(BootstrapError, match=r"7\.5"):
        router.run(order())
    assert router.writes() == before
