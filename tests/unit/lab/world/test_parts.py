# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The small parts: faults, rogues, names, certificates, process identity, the control socket's lines."""

from __future__ import annotations

import contextlib
import datetime
import os
import ssl
import subprocess
from pathlib import Path

import dns.flags
import dns.message
import dns.rcode
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from lab.world import cable, faults, pki, rogue, wire
from lab.world import dns as names
from lab.world.factory import factory_rows
from lab.world.options import parse
from lab.world.state import Folder, LabError, ProcessId, State, write_private
from lab.world.topology import Topology
from lab.world.traffic.plans import KINDS


@pytest.mark.parametrize(
    ("kind", "percent", "delay", "words"),
    [
        ("fire", None, None, "one of upstream, cable"),
        ("delay", None, None, "needs --ms"),
        ("delay", None, 9000.0, "from 1 to 5000"),
        ("upstream", None, 20.0, "belongs to --fault delay"),
        ("loss", None, None, "needs --percent"),
        ("loss", 101.0, None, "at most 100"),
        ("cable", 5.0, None, "belongs to --fault loss"),
    ],
)
def test_a_fault_that_can_not_be_made_is_refused(
    kind: str, percent: float | None, delay: float | None, words: str
) -> None:
    with pytest.raises(faults.FaultError, match=words):
        faults.check(kind, percent, delay)


def test_loss_works_in_both_directions_and_also_on_arp() -> None:
    text = faults.rules("loss", 12.5)
    assert text.count("numgen random mod 10000 < 1250 drop") == 2
    assert text.startswith("table netdev fault")


def test_a_carried_frame_differs_in_its_source_mac_alone() -> None:
    frame = bytes(range(60))
    sent = cable.carried(frame)
    assert cable.is_carried(sent)
    assert not cable.is_carried(frame)
    assert (sent[:6], sent[12:]) == (frame[:6], frame[12:])
    assert cable.CARRIED_MAC.hex(":") in cable.rules()


def test_an_upstream_fault_touches_nothing_but_forwarding() -> None:
    assert "hook forward" in faults.rules("upstream")
    assert faults.rules("upstream").count("hook") == 1


def test_each_rogue_has_the_next_mac() -> None:
    macs = [rogue.mac_of("dc:2c:6e:81:cf:fe", number) for number in (1, 2, 3)]
    assert macs == ["DC:2C:6E:81:CF:FE", "DC:2C:6E:81:CF:FF", "DC:2C:6E:81:D0:00"]


@pytest.mark.parametrize("mac", ["", "DC:2C:6E:81:CF", "DC-2C-6E-81-CF-34", "01:00:5E:00:00:01", "FF:FF:FF:FF:FF:FF"])
def test_a_mac_that_no_card_has_is_refused(mac: str) -> None:
    with pytest.raises(rogue.RogueError):
        rogue.mac_of(mac, 1)


@pytest.mark.parametrize(
    ("name", "kind", "rcode", "answers"),
    [
        ("api.telegram.org", "A", dns.rcode.NOERROR, ["149.154.167.220"]),
        ("API.Telegram.ORG", "A", dns.rcode.NOERROR, ["149.154.167.220"]),
        ("api.telegram.org", "AAAA", dns.rcode.NOERROR, []),
        ("nobody.example.org", "A", dns.rcode.NXDOMAIN, []),
    ],
)
def test_the_resolver_knows_its_names_only(name: str, kind: str, rcode: int, answers: list[str]) -> None:
    query = dns.message.make_query(name, kind)
    text = names.answer(query.to_wire())
    assert text is not None
    reply = dns.message.from_wire(text)
    assert (reply.id, reply.rcode()) == (query.id, rcode)
    assert [item.to_text() for rrset in reply.answer for item in rrset] == answers
    assert reply.flags & dns.flags.RA


@given(st.binary(max_size=80))
def test_the_resolver_survives_any_bytes(data: bytes) -> None:
    names.answer(data)


def test_a_reply_is_never_answered() -> None:
    reply = dns.message.make_response(dns.message.make_query("a.example", "A"))
    assert names.answer(reply.to_wire()) is None


def test_a_certificate_fits_its_ca_and_its_names_and_no_other(tmp_path: Path) -> None:
    now = datetime.datetime.now(datetime.UTC)
    ours, other = pki.make_ca("ours", now), pki.make_ca("other", now)
    server = pki.issue(ours, ("localhost", "127.0.0.1"), now).context(tmp_path, "door")
    assert (tmp_path / "door.key").stat().st_mode & 0o777 == 0o600

    def shake(ca: pki.Pair, name: str) -> None:
        client = ssl.create_default_context(cadata=ca.certificate)
        a, b, c, d = ssl.MemoryBIO(), ssl.MemoryBIO(), ssl.MemoryBIO(), ssl.MemoryBIO()
        near, far = client.wrap_bio(a, b, server_hostname=name), server.wrap_bio(c, d, server_side=True)
        for _ in range(4):
            for side in (near, far):
                with contextlib.suppress(ssl.SSLWantReadError):
                    side.do_handshake()
                c.write(b.read())
                a.write(d.read())

    shake(ours, "127.0.0.1")
    shake(ours, "localhost")
    for ca, name in ((other, "localhost"), (ours, "router.example")):
        with pytest.raises(ssl.SSLCertVerificationError):
            shake(ca, name)


def test_a_process_is_known_by_id_and_start() -> None:
    me = ProcessId.of(os.getpid())
    assert me is not None
    assert me.alive
    assert not ProcessId(me.pid, me.started + 1, me.boot).alive
    assert not ProcessId(me.pid, me.started, "another boot").alive


def test_a_zombie_is_dead() -> None:
    child = subprocess.Popen(["true"])
    seen = ProcessId.of(child.pid)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert seen is None or not seen.alive
    child.wait()


def test_state_there_and_back(tmp_path: Path) -> None:
    for inner in (None, ProcessId(3, 4, "b")):
        state = State(ProcessId(1, 2, "b"), 8728, 8729, inner)
        assert State.parse(state.dump()) == state


@pytest.mark.parametrize("name", ["", "..", "a/b", "A", "-x", "x" * 33])
def test_a_lab_name_can_not_leave_its_folder(name: str) -> None:
    with pytest.raises(LabError, match="lower case"):
        Folder(name)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"outer": 5}', "null"])
def test_half_a_state_file_counts_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("lab.world.state.BASE", tmp_path)
    (tmp_path / "x").mkdir()
    Folder("x").state_file.write_text(text)
    assert Folder("x").read() is None


def test_private_files_are_private_from_the_first_byte(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("old")
    write_private(path, "new")
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.none()))
def test_a_message_is_one_line(message: dict[str, object]) -> None:
    line = wire.encode(message)
    assert line.count(b"\n") == 1
    assert wire.decode(line) == message


def test_a_socket_in_a_very_deep_folder_can_be_used(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 100) / ("e" * 100)
    deep.mkdir(parents=True)
    with wire.listen(deep / "control.sock"):
        assert (deep / "control.sock").is_socket()
        assert (deep / "control.sock").stat().st_mode & 0o077 == 0


def test_the_factory_knows_nothing_of_multi_wan() -> None:
    text = yaml.safe_dump([[row.menu, dict(row.values)] for row in factory_rows(Topology())])
    assert "mw-" not in text
    assert "[multiwan:" not in text
    assert not [
        row for row in factory_rows(Topology()) if row.menu in ("/ip/route", "/routing/table", "/ip/firewall/mangle")
    ]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_json_and_name_may_stand_before_or_behind_the_kind_of_traffic(kind: str) -> None:
    for words in (["traffic", "--json", "--name", "x", kind], ["traffic", kind, "--json", "--name", "x"]):
        args = parse(words)
        assert (args.json, args.name, args.kind) == (True, "x", kind)
    assert KINDS[kind](**parse(["traffic", kind]).traffic_options()) == KINDS[kind]()
