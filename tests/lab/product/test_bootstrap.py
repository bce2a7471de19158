# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a router that only SSH reaches to one that ``site.yml`` deploys: two playbooks, nothing by hand between."""

from __future__ import annotations

import asyncio
import base64
import ssl
import subprocess
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import librouteros
import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.least_policies import POLICIES
from librouteros.exceptions import TrapError

from lab.world import state
from lab.world.client import LabClient, Options
from lab.world.topology import Topology
from tests.lab.product.conftest import Branch, Played

pytestmark = pytest.mark.lab

PASSWORD = 'fleet "pass$word\\ 9 ?ü'
PASSPHRASE = "correct horse battery"
#: where the controller stands: behind the branch's LAN, so that the router's packet filter judges it
CONTROLLER = "192.168.10.5"


class Fresh(Branch):
    """A branch before bootstrap, with a fleet's folder of its own."""

    #: what the fleet's files say; the lab's own password and certificate are not for this
    said: dict[str, Any]
    scratch: Path

    def bootstrap(self, *words: str, **variables: Any) -> Played:
        return self.play("bootstrap", *words, variables={**self.said, **variables})

    def journal(self) -> list[dict[str, Any]]:
        return [dict(entry) for entry in asyncio.run(self.lab.journal())]

    @property
    def fingerprint(self) -> str:
        """As OpenSSH says it, from the file that the lab wrote."""
        line = (Path(self.paths["inventory"]).parent / "known_hosts").read_text(encoding="utf-8").splitlines()[0]
        shown = subprocess.run(["ssh-keygen", "-lf", "-"], input=line, text=True, capture_output=True, check=True)
        return shown.stdout.split()[1]

    def api_ssl(self, password: str = PASSWORD) -> Any:
        """The API through another client than the product's."""
        context = ssl.create_default_context(cafile=str(self.scratch / "fleet-ca" / "ca.pem"))
        return librouteros.connect(
            host="127.0.0.1",
            port=int(self.overlay["multiwan_api_port"]),
            username="multiwan",
            password=password,
            encoding="utf-8",
            ssl_wrapper=lambda sock: context.wrap_socket(sock, server_hostname="127.0.0.1"),
        )


Begin = Callable[..., Fresh]


@pytest.fixture(scope="module")
def begin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Begin]:
    with pytest.MonkeyPatch.context() as patch:
        base = tmp_path_factory.mktemp("labs")
        patch.setattr(state, "BASE", base)
        patch.setenv("MULTIWAN_LAB_DIR", str(base))
        labs: list[LabClient] = []

        def make(name: str, manage_from: str = "", **topology: Any) -> Fresh:
            lab = LabClient(name)
            labs.append(lab)
            options = Options(Topology(clients=4, **topology), 0, 0, manage_from=manage_from)
            branch = Fresh(lab, tmp_path_factory.mktemp(name), asyncio.run(lab.up(options)))
            branch.scratch = tmp_path_factory.mktemp(f"{name}-fleet")
            branch.said = {
                "multiwan_management": ["192.168.10.0/28"] if manage_from else ["127.0.0.0/8"],
                "multiwan_close_services": ["api", "telnet", "ftp", "www"],
                "multiwan_ca_folder": str(branch.scratch / "fleet-ca"),
                "multiwan_ca_passphrase": PASSPHRASE,
                "multiwan_ssh_known_hosts": str(branch.scratch / "known_hosts"),
                "multiwan_api_password": PASSWORD,
            }
            return branch

        try:
            yield make
        finally:
            for lab in labs:
                asyncio.run(lab.down())


@pytest.fixture(scope="module")
def branch(begin: Begin) -> Fresh:
    """Set up by hand, with a firewall that lets the LAN in by SSH and by nothing else."""
    made = begin("bootstrap", manage_from="lan", factory="hand-configured")
    rows = [
        {"chain": "input", "action": "accept", "protocol": "tcp", "dst_port": "22", "comment": "teknisi: ssh"},
        {"chain": "input", "action": "drop", "in_interface": "bridge", "protocol": "tcp", "comment": "teknisi: drop"},
    ]
    for row in rows:
        made.call("/ip/firewall/filter", "add", **row)
    return made


def test_mistakes_end_before_any_connection(branch: Fresh) -> None:
    played = branch.bootstrap(
        multiwan_management=["10.0.0.1/8"], multiwan_close_services=["ssh"], multiwan_managment=[], bootstrap_hots="x"
    )
    assert played.code != 0
    for path in ("multiwan_management[0]", "multiwan_close_services[0]", "multiwan_managment", "bootstrap_hots"):
        assert path in played.output, played.output
    assert not [text for text in branch.logged() if "logged in" in text]


def test_an_unknown_host_key_is_told_and_nothing_is_sent(branch: Fresh) -> None:
    played = branch.bootstrap()
    assert played.code != 0
    assert f"multiwan_ssh_accept_host_key={branch.fingerprint}" in played.output
    other = branch.bootstrap(multiwan_ssh_accept_host_key="SHA256:" + "A" * 43)
    assert other.code != 0
    assert "was to be accepted" in other.output
    assert not [text for text in branch.logged() if "logged in" in text]


def test_who_would_lock_himself_out_is_told_before_any_write(branch: Fresh) -> None:
    before = branch.journal()
    played = branch.bootstrap(
        multiwan_management=["172.16.0.0/12"], multiwan_ssh_known_hosts=str(branch.scratch / "other"),
        multiwan_ssh_accept_host_key="first",
    )  # fmt: skip
    assert played.code != 0
    assert f"the router sees this controller as {CONTROLLER}" in played.output
    assert branch.journal() == before


def test_check_mode_tells_what_the_run_then_does(branch: Fresh, monkeypatch: pytest.MonkeyPatch) -> None:
    before = branch.journal()
    accept = {"multiwan_ssh_accept_host_key": branch.fingerprint}
    said = branch.bootstrap("--check", "--diff", **accept)
    assert said.code == 0, said.output
    assert branch.journal() == before
    assert list(branch.scratch.glob("fleet-ca*")) == list(branch.scratch.glob("known_hosts")) == []
    temporary = branch.folder / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    done = branch.bootstrap("-vvvv", "--diff", **accept)
    assert done.code == 0, done.output
    for change in [line[2:] for line in said.output.splitlines() if line.startswith("+ ")]:
        assert f"+ {change}" in done.output
    assert list(temporary.iterdir()) == []
    _no_secret_in(branch, said.output + done.output)


def _no_secret_in(branch: Fresh, output: str) -> None:
    """Not as they are, and not as base64, URL or script text would write them."""
    secrets = [PASSWORD, PASSPHRASE, str(branch.overlay["ansible_password"])]
    log = "\n".join(branch.logged())
    assert log
    for secret in secrets:
        quoted = secret.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")
        encoded = base64.b64encode(secret.encode()).decode().rstrip("=")[:-1]
        for form in (secret, quoted, quoted.split("?")[0], urllib.parse.quote(secret), encoded):
            assert form not in output
            assert form not in log
    assert "PRIVATE KEY" not in output + log


def test_the_api_is_open_to_the_management_through_the_firewall_and_to_nobody_else(branch: Fresh) -> None:
    rows = list(branch.api_ssl().path("/system/resource"))
    assert str(rows[0]["version"]).startswith("7.22")
    service = next(row for row in branch.call("/ip/service") if row["name"] == "api-ssl")
    assert service["address"] == "192.168.10.0/28"
    comments = [row.get("comment", "") for row in branch.call("/ip/firewall/filter") if row["chain"] == "input"]
    assert [text.split("[")[-1] for text in comments] == [
        "teknisi: established",
        "teknisi: ssh",
        "multiwan:bootstrap:api]",
        "teknisi: drop",
    ]
    listed = [row["address"] for row in branch.call("/ip/firewall/address-list") if row["list"] == "mw-management"]
    assert listed == ["192.168.10.0/28"]


def test_what_was_asked_is_closed_and_ssh_is_not(branch: Fresh) -> None:
    closed = {row["name"] for row in branch.call("/ip/service") if row["disabled"] == "true"}
    assert closed == {"api", "telnet", "ftp", "www", "www-ssl"}
    with pytest.raises(ConnectionError):
        branch.api()


def test_the_user_has_the_least_policies_and_the_router_no_files(branch: Fresh) -> None:
    group = next(row for row in branch.call("/user/group") if row["name"] == "multiwan")
    assert {word for word in group["policy"].split(",") if not word.startswith("!")} == set(POLICIES)
    assert not [row for row in branch.call("/file") if "mw-" in row["name"]]
    with pytest.raises(TrapError):
        branch.api_ssl("guess-what")


def test_a_second_run_and_its_check_write_nothing(branch: Fresh) -> None:
    before = branch.journal()
    for words in ([], ["--check"]):
        again = branch.bootstrap(*words)
        assert (again.code, again.changed) == (0, 0), again.output
    assert branch.journal() == before


def test_another_password_is_set_and_used(branch: Fresh) -> None:
    branch.said["multiwan_api_password"] = "quite another 7"
    changed = branch.bootstrap()
    assert (changed.code, changed.changed) == (0, 1), changed.output
    assert branch.api_ssl("quite another 7")
    with pytest.raises(TrapError):
        branch.api_ssl(PASSWORD)


def test_a_changed_host_key_ends_the_run_loudly(branch: Fresh, tmp_path: Path) -> None:
    logins = sum("logged in" in text for text in branch.logged())
    subprocess.run(["ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", str(tmp_path / "key")], check=True)
    other = (tmp_path / "key.pub").read_text(encoding="utf-8").split()[:2]
    port = branch.overlay["ansible_port"]
    (tmp_path / "known_hosts").write_text(f"[127.0.0.1]:{port} {' '.join(other)}\n", encoding="utf-8")
    for variables in (
        {"multiwan_ssh_known_hosts": str(tmp_path / "known_hosts"), "multiwan_ssh_accept_host_key": "first"},
        {"multiwan_ssh_host_key": " ".join(other)},
    ):
        played = branch.bootstrap(**variables)
        assert played.code != 0
        assert "HAS CHANGED" in played.output
    assert sum("logged in" in text for text in branch.logged()) == logins


def test_site_works_at_once_and_removal_leaves_the_way_in(branch: Fresh) -> None:
    before = branch.export()
    deployed = branch.play("site", variables=branch.said)
    assert deployed.code == 0, deployed.output
    removed = branch.play("remove", variables=branch.said)
    assert removed.code == 0, removed.output
    assert branch.export() == before
    again = branch.bootstrap()
    assert (again.code, again.changed) == (0, 0), again.output


def test_an_old_router_from_its_box(begin: Begin) -> None:
    """6.49: an SHA-1-only host key, an admin without a password, no management network but where the lab stands."""
    new = begin("boxed", factory="new", version="6.49", admin_password=False)
    first = new.bootstrap(multiwan_ssh_accept_host_key="first")
    assert first.code == 0, first.output
    assert "has no password" in first.output
    assert str(next(iter(new.api_ssl().path("/system/resource")))["version"]).startswith("6.49")
    assert new.call("/ip/firewall/filter") == []
    before = new.journal()
    again = new.bootstrap()
    assert (again.code, again.changed) == (0, 0), again.output
    assert new.journal() == before
