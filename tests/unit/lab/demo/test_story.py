# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of the acts and what they conclude, on a world that is only pretended, in virtual time."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from lab.demo import comeback, fault, stage, story
from lab.demo.play import Played, PlayFailed
from lab.demo.record import Attempt, Call, Message, Record, Traffic
from lab.demo.screen import PlainScreen
from lab.demo.stage import Stage
from lab.demo.world import Announcement, Lab, named_in, seconds_of
from tests.unit.lab.demo.madeup import ROGUE
from tests.unit.lab.demo.virtual_time import VirtualPolicy

VARIABLES = {
    "multiwan_uplinks": [
        {"name": "isp1", "label": "Modem 1", "interface": "ether1", "download": "10M", "upload": "10M"},
        {"name": "isp2", "label": "Modem 2", "interface": "ether2", "download": "10M"},
    ],
    "multiwan_segments": [{"name": "office", "interface": "bridge"}],
}
CLOSES_AFTER_S = 0.5
HOLD_S = 20.0


class Pretended(Lab):
    """A lab that behaves as promised, but for what a test changes."""

    def __init__(self) -> None:
        self._began = time.time()
        self.client = Client()  # type: ignore[assignment]
        self.journal = 0
        self.uplinks = 0
        self.gates = True
        self.rows_of: dict[str, list[dict[str, str]]] = {}

    async def up(self, progress: Any) -> dict[str, Any]:
        progress("namespaces")
        self.client.up = True  # type: ignore[attr-defined]
        return {"api_ssl_port": 4711, "inventory": "overlay.yml"}

    async def configuration(self) -> str:
        return f"{self.journal}"

    async def writes(self) -> int:
        return self.journal

    async def interfaces(self) -> list[str]:
        return ["ether1", "ether2", "bridge"]

    async def version(self) -> str:
        return "7.22"

    def _dead_for(self) -> float:
        cut = self.client.cut_at  # type: ignore[attr-defined]
        return time.time() - cut if cut else 0.0

    def _held(self) -> bool:
        client: Any = self.client
        was_closed = client.healed_at - client.last_cut >= CLOSES_AFTER_S
        return was_closed and time.time() - client.healed_at < HOLD_S

    async def gate_open(self, uplink: str) -> bool | None:
        return self._dead_for() < CLOSES_AFTER_S and not self._held() if self.gates else None

    async def hold_s(self, uplink: str) -> float | None:
        return HOLD_S if self._held() else None

    async def calls(self, *, seconds: float, flows: int) -> tuple[Call, ...]:
        begun = time.time() - self._began
        was_healed = self.client.healed_at  # type: ignore[attr-defined]
        on_second = flows // 2 if not self._dead_for() and not was_healed else 0
        await asyncio.sleep(seconds)
        calls = [Call(((begun, "isp1"),), ())] * (flows - on_second)
        if on_second:
            cut = self.client.last_cut - self._began  # type: ignore[attr-defined]
            moved = Call(((begun, "isp2"), (cut + CLOSES_AFTER_S, "isp1")), ((cut, CLOSES_AFTER_S),))
            calls += [moved] * on_second
        return tuple(calls)

    async def counters(self) -> dict[str, tuple[int, int]]:
        return {"isp1": (int(time.time() * 1e6), 0), "isp2": (0, 0)}

    async def throughput(self, way: str, traffic: Traffic) -> float:
        await asyncio.sleep(0.01)
        return 9.5 * self.uplinks

    async def connections(self, count: int) -> tuple[dict[str, int], int]:
        return {"isp1": count // 2, "isp2": count - count // 2}, 0

    async def probe(self, *, seconds: float, interval_s: float, timeout_s: float) -> AsyncIterator[Attempt]:
        number = 0
        while True:
            await asyncio.sleep(0.01)
            number += 1
            dead = self._dead_for()
            by_second = number % 2 == 1 and dead < CLOSES_AFTER_S
            ok = not by_second or not dead
            at = time.time() - self._began
            yield Attempt(at, 0.001, ok=ok, uplink=("isp2" if by_second else "isp1") if ok else "")

    def _said(self) -> list[tuple[float, str]]:
        client: Any = self.client
        closed, opened = client.last_cut + CLOSES_AFTER_S, client.healed_at + HOLD_S
        length = f"{round(opened - closed):02d}"
        texts = (
            (client.rogue_at, f"server DHCP liar\nAntarmuka: bridge (Kantor)\nMAC: {ROGUE}\nIP: 192.168.66.1"),
            (client.last_cut and closed, "jalur internet Modem 2 terputus"),
            (client.healed_at and opened, f"jalur internet Modem 2 pulih\nLama gangguan: 00:00:{length}"),
        )
        return [(at, f"Cabang jakarta: {text}") for at, text in texts if at and at <= time.time()]

    async def chat(self, after: int, wait_s: float) -> list[Announcement]:
        await asyncio.sleep(0.02)
        heard = [Announcement(n, Message(at - self._began, text)) for n, (at, text) in enumerate(self._said(), start=1)]
        return heard[after:]


class Client:
    """What the story asks of the lab directly."""

    def __init__(self) -> None:
        self.up = False
        self.cut_at = 0.0
        self.last_cut = 0.0
        self.healed_at = 0.0
        self.rogue_at = 0.0

    async def down(self) -> bool:
        was, self.up = self.up, False
        return was

    async def rogue(self, on: bool, *, mac: str = "") -> None:
        if on:
            self.rogue_at = time.time()

    async def cut(self, uplink: str, kind: str) -> None:
        assert (uplink, kind) == ("isp2", "upstream")
        self.cut_at = self.last_cut = time.time()

    async def heal(self, uplink: str) -> None:
        self.cut_at = 0.0
        self.healed_at = time.time()


@pytest.fixture(scope="module")
def event_loop_policy() -> VirtualPolicy:
    return VirtualPolicy()


@pytest.fixture
def pretended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, event_loop_policy: VirtualPolicy) -> Stage:
    monkeypatch.setattr(time, "time", event_loop_policy.now)
    for module, name, value in (
        (fault, "BEFORE_S", 0.1),
        (fault, "QUIET_S", 0.3),
        (fault, "TIMEOUT_S", 0.01),
        (fault, "POLL_S", 0.02),
        (fault, "GIVE_UP_S", 2.0),
        (fault, "CALLS_AFTER_S", 2.0),
        (fault, "CHAT_TIMEOUT_S", 2.0),
        (comeback, "CHAT_TIMEOUT_S", 2.0),
        (stage, "SAMPLE_EVERY_S", 0.02),
        (stage, "CHAT_WAIT_S", 0.02),
        (story, "ROGUE_TIMEOUT_S", 0.5),
    ):
        monkeypatch.setattr(module, name, value)

    async def variables(*_: object) -> dict[str, Any]:
        return VARIABLES

    monkeypatch.setattr(story, "host_variables", variables)
    lab = Pretended()

    async def play(words: list[str], **_: object) -> Played:
        assert words[:4] == ["-i", "inventory", "-i", "overlay.yml"]
        assert "--limit" in words
        if "--check" in words:
            return Played(changed=1, ok=9, announced=70, output="")
        wanted = 1 if any(word.startswith("@") for word in words) else 2
        changed = int(wanted != lab.uplinks)
        lab.uplinks = wanted
        lab.journal += changed
        return Played(changed, 9, 0, "")

    monkeypatch.setattr(stage, "play", play)
    return Stage("jakarta", tmp_path, tmp_path, PlainScreen(io.StringIO()), lab, lab._began)


def missed(record: Record) -> list[str]:
    return [check.rule for check in record.checks if not check.ok]


async def test_a_world_that_keeps_its_promises_passes(pretended: Stage) -> None:
    record = await story.tell(pretended)
    assert missed(record) == []
    assert record.passed
    assert [step.name for step in record.steps] == [
        "up",
        "check",
        "single",
        "both",
        "second",
        "split",
        "failover",
        "rogue",
    ]
    assert record.failover.route_to == "Modem 1"
    assert record.failover.detected_s == pytest.approx(CLOSES_AFTER_S, abs=0.3)
    restored = record.failover.new_connections_restored_s
    assert restored is not None
    assert restored >= record.failover.detected_s  # type: ignore[operator]
    assert record.failover.back_s == pytest.approx(HOLD_S, abs=0.3)
    assert record.failover.told_up is not None
    assert record.failover.told_up.length_s == pytest.approx(record.failover.shut_s, abs=1.0)
    assert record.rogue.interface_reported == "bridge"
    assert record.single.down == 9.5
    assert record.both.down == 19.0
    assert [m.kind for m in record.moments][:4] == ["single", "rogue", "both", "split"]
    assert record.samples
    await story.take_down(pretended)
    assert not pretended.lab.client.up  # type: ignore[attr-defined]


async def test_a_line_that_is_never_noticed_is_a_missed_promise(
    pretended: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.unit.lab.demo.test_story.CLOSES_AFTER_S", 99.0)
    record = await story.tell(pretended)
    assert record.failover.detected_s is None
    assert record.failover.new_connections_restored_s is None
    # neither noticed nor restored, no line that carries, no call that moves, not held back, no word of either
    assert len(missed(record)) == 7


async def test_a_line_that_is_not_used_after_its_return_is_a_missed_promise(
    pretended: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def only_one(count: int) -> tuple[dict[str, int], int]:
        return ({"isp1": count} if count == comeback.AGAIN else {"isp1": count // 2, "isp2": count // 2}), 0

    monkeypatch.setattr(pretended.lab, "connections", only_one)
    record = await story.tell(pretended)
    assert record.failover.back_s is None
    assert [rule for rule in missed(record) if "use it again" in rule]
    assert len(missed(record)) == 1


async def test_a_silent_chat_is_a_missed_promise(pretended: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async def silent(*_: object, **__: object) -> list[Announcement]:
        await asyncio.sleep(0.02)
        return []

    monkeypatch.setattr(pretended.lab, "chat", silent)
    record = await story.tell(pretended)
    assert record.rogue.message is None
    assert record.failover.told_down is None
    assert record.failover.told_up is None
    assert len(missed(record)) == 4


async def test_a_router_that_check_mode_changed_is_told(pretended: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    plays = stage.play

    async def writing(words: list[str], **more: Any) -> Played:
        if "--check" in words:
            pretended.lab.journal += 1  # type: ignore[attr-defined]
        return await plays(words, **more)

    monkeypatch.setattr(stage, "play", writing)
    record = await story.tell(pretended)
    assert record.check_mode.changed_router
    assert len(missed(record)) == 1


async def test_a_router_without_gates_ends_the_demo_with_a_sentence(pretended: Stage) -> None:
    pretended.lab.gates = False  # type: ignore[attr-defined]
    with pytest.raises(ExceptionGroup) as caught:
        await story.tell(pretended)
    from lab.demo.__main__ import words_of

    assert words_of(caught.value) == "the router holds no gate route of isp2"


async def test_a_failed_play_ends_the_demo_with_its_words(pretended: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async def failing(words: list[str], **_: object) -> Played:
        raise PlayFailed("ansible-playbook ended with 2")

    monkeypatch.setattr(stage, "play", failing)
    with pytest.raises(PlayFailed):
        await story.tell(pretended)


async def test_ctrl_c_in_the_middle_ends_every_task(pretended: Stage) -> None:
    before = asyncio.all_tasks()
    telling = asyncio.create_task(story.tell(pretended))
    await asyncio.sleep(0.35)
    telling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await telling
    assert asyncio.all_tasks() == before


def test_an_interface_is_found_in_a_message_only_as_a_whole_word() -> None:
    assert named_in("Antarmuka: bridge-lan (Kantor)", ["bridge", "bridge-lan"]) == "bridge-lan"
    assert named_in("on vlan10.5", ["vlan10"]) is None
    assert named_in("Antarmuka: bridge (Kantor)\nTerlihat di port: ether4", ["ether4", "bridge"]) == "bridge"
    assert named_in("on ether1", ["ether1", "bridge"]) == "ether1"


@pytest.mark.parametrize(("text", "seconds"), [("20s", 20.0), ("1m20s", 80.0), ("500ms", 0.5), ("", None), ("x", None)])
def test_a_length_of_the_api_is_read(text: str, seconds: float | None) -> None:
    assert seconds_of(text) == seconds
