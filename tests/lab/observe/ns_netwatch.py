# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from lab import netns
from lab.observe.netwatch import NetwatchMonitor
from lab.observe.netwatch_probes import Router
from lab.schema.snapshot import ConfigRow
from tests.unit.lab.services.web import Authority, answer, name_server, serve

FAST = {"host": "10.0.0.2", "interval": "300ms", "timeout": "1s", "start-delay": "0s", "startup-delay": "0s"}
SCRIPTS = {"up-script": "UP", "down-script": "DOWN"}


class Seen:
    """A NetwatchMonitor and all it said."""

    def __init__(self) -> None:
        self.status: dict[int, dict[str, str | None]] = {}
        self.history: list[str] = []
        self.logs: list[tuple[str, str]] = []
        self.events: list[tuple[str, Mapping[str, str | int]]] = []
        self.monitor = NetwatchMonitor(
            "rt", set_status=self.set_status, run_event=self.run_event, log=lambda *line: self.logs.append(line)
        )

    def set_status(self, row_id: int, props: Mapping[str, str | None]) -> None:
        self.status.setdefault(row_id, {}).update(props)
        status = str(props["status"])
        if self.history[-1:] != [status]:
            self.history.append(status)

    async def run_event(self, source: str, variables: Mapping[str, str | int]) -> None:
        self.events.append((source, variables))

    def row(self, **values: str) -> None:
        named = {name.replace("_", "-"): text for name, text in values.items()}
        self.monitor.refresh([ConfigRow(1, {**FAST, **SCRIPTS, **named})])

    @property
    def sources(self) -> list[str]:
        return [source for source, _ in self.events]


@pytest.fixture
async def seen(pair: Any) -> AsyncIterator[Seen]:
    made = Seen()
    yield made
    await made.monitor.stop()


async def test_the_life_of_a_simple_row(pair: Any, seen: Seen, until: Any) -> None:
    seen.row(name="n", comment="c")
    assert seen.status[1]["status"] == "unknown"
    await until(lambda: seen.sources == ["UP"])
    pair.drop("nb", "icmp type echo-request")
    await until(lambda: seen.sources == ["UP", "DOWN"])
    pair.heal("nb")
    await until(lambda: seen.sources == ["UP", "DOWN", "UP"])
    assert seen.history == ["unknown", "up", "down", "up"]
    up, down = "event up [ type: simple, host: 10.0.0.2 ]", "event down [ type: simple, host: 10.0.0.2 ]"
    assert seen.logs == [("netwatch,info", text) for text in (up, down, up)]
    _, variables = seen.events[1]
    assert variables["status"] == "down"
    assert variables["failed-tests"] == 1
    assert (variables["host"], variables["type"], variables["name"], variables["comment"]) == (
        *("10.0.0.2", "simple", "n", "c"),
    )
    assert (variables["interval"], variables["timeout"]) == ("300ms", "1s")
    time.strptime(str(seen.status[1]["since"]), "%Y-%m-%d %H:%M:%S")


async def test_the_test_script_runs_after_each_test(pair: Any, seen: Seen, until: Any) -> None:
    seen.row(test_script="TEST", up_script="UP")
    await until(lambda: seen.sources[:4] == ["UP", "TEST", "TEST", "TEST"])
    assert [variables["done-tests"] for _, variables in seen.events[:4]] == [1, 1, 2, 3]


async def test_any_change_starts_anew_and_scripts_run_again(pair: Any, seen: Seen, until: Any) -> None:
    seen.row()
    await until(lambda: seen.sources == ["UP"])
    seen.row(status="up", done_tests="7")  # written by ourselves, no change
    assert seen.status[1]["status"] == "up"
    seen.row(comment="changed")
    assert (seen.status[1]["status"], seen.status[1]["done-tests"], seen.status[1]["since"]) == ("unknown", "0", None)
    await until(lambda: seen.sources == ["UP", "UP"])


async def test_a_disabled_row_is_unknown_and_silent(pair: Any, seen: Seen, until: Any) -> None:
    seen.row()
    await until(lambda: seen.sources == ["UP"])
    seen.row(disabled="true")
    await asyncio.sleep(0.8)
    assert seen.status[1]["status"] == "unknown"
    assert seen.status[1]["done-tests"] == "0"
    assert seen.sources == ["UP"]


@pytest.mark.parametrize(("ignore", "ignored"), [("ignore_initial_up", "UP"), ("ignore_initial_down", "DOWN")])
async def test_the_first_verdict_can_be_ignored_and_only_that(
    pair: Any, seen: Seen, until: Any, ignore: str, ignored: str
) -> None:
    if ignored == "DOWN":
        pair.drop("nb", "icmp type echo-request")
    seen.row(**{ignore: "true"})
    await until(lambda: seen.status[1]["status"] == ignored.lower())
    await asyncio.sleep(0.1)
    assert seen.events == []
    if ignored == "DOWN":
        pair.heal("nb")
    else:
        pair.drop("nb", "icmp type echo-request")
    other = "UP" if ignored == "DOWN" else "DOWN"
    await until(lambda: seen.sources == [other])
    if ignored == "DOWN":
        pair.drop("nb", "icmp type echo-request")
    else:
        pair.heal("nb")
    await until(lambda: seen.sources == [other, ignored])


async def test_nothing_is_probed_before_the_delays_are_over(pair: Any, seen: Seen, until: Any) -> None:
    loop = asyncio.get_running_loop()
    seen.monitor.booted_at = loop.time()
    seen.row(startup_delay="1s")
    await asyncio.sleep(0.7)
    assert seen.status[1]["status"] == "unknown"
    await until(lambda: seen.sources == ["UP"])
    seen.monitor.booted_at = loop.time() - 1000
    seen.row(startup_delay="1s", start_delay="1s")
    await asyncio.sleep(0.7)
    assert seen.status[1]["status"] == "unknown"
    await until(lambda: seen.sources == ["UP", "UP"])


async def test_a_source_address_that_is_not_ours_is_down(pair: Any, seen: Seen, until: Any) -> None:
    seen.row(src_address="10.0.0.99")
    await until(lambda: seen.sources == ["DOWN"])


async def test_an_icmp_train_is_counted_and_shown(pair: Any, seen: Seen, until: Any) -> None:
    seen.row(type="icmp", packet_count="5", packet_interval="20ms")
    await until(lambda: seen.sources == ["UP"])
    shown = seen.status[1]
    assert (shown["sent-count"], shown["response-count"], shown["loss-count"], shown["loss-percent"]) == (
        *("5", "5", "0", "0"),
    )
    assert str(shown["rtt-avg"]).endswith(("us", "ms"))
    _, variables = seen.events[0]
    assert isinstance(variables["rtt-avg"], int)
    assert 0 < int(variables["rtt-min"]) <= variables["rtt-avg"] <= int(variables["rtt-max"])
    assert variables["rtt-jitter"] in range(int(variables["rtt-max"]) - int(variables["rtt-min"]) - 1, 3_000_000)


async def test_partial_loss_is_up_until_the_threshold_says_otherwise(pair: Any, seen: Seen, until: Any) -> None:
    pair.drop("nb", "icmp type echo-request numgen inc mod 2 == 0")
    seen.row(type="icmp", packet_count="4", packet_interval="20ms")
    await until(lambda: seen.sources == ["UP"])
    assert (seen.status[1]["loss-count"], seen.status[1]["loss-percent"]) == ("2", "50")
    seen.row(type="icmp", packet_count="4", packet_interval="20ms", thr_loss_percent="49")
    await until(lambda: seen.sources == ["UP", "DOWN"])
    assert seen.logs[-1][1] == "event down [ type: icmp, host: 10.0.0.2 ]"


async def test_total_loss_is_down_and_leaves_no_times_behind(pair: Any, seen: Seen, until: Any) -> None:
    seen.row(type="icmp", packet_count="2", packet_interval="20ms")
    await until(lambda: seen.status[1]["status"] == "up")
    pair.drop("nb", "icmp type echo-request")
    await until(lambda: seen.status[1]["status"] == "down")
    assert (seen.status[1]["loss-percent"], seen.status[1]["rtt-avg"]) == ("100", None)


async def test_a_router_on_the_way_may_count_as_an_answer(pair: Any, seen: Seen, until: Any) -> None:
    pair.ip("rt", "route add 10.9.9.9/32 via 10.0.0.2")
    pair.ip("nb", "route add 10.9.9.9/32 via 10.0.0.1")
    pair.sysctl("nb", "net.ipv4.ip_forward=1")
    train = {"type": "icmp", "host": "10.9.9.9", "ttl": "1", "packet_count": "2", "packet_interval": "20ms"}
    seen.row(**train)
    await until(lambda: seen.sources == ["DOWN"])
    seen.row(**train, accept_icmp_time_exceeded="true")
    await until(lambda: seen.sources == ["DOWN", "UP"])


async def test_tcp_conn_follows_the_listener(pair: Any, seen: Seen, until: Any) -> None:
    with netns.make_socket("nb") as listener:
        listener.bind(("10.0.0.2", 8080))
        listener.listen()
        seen.row(type="tcp-conn", port="8080")
        await until(lambda: seen.sources == ["UP"])
        assert str(seen.status[1]["tcp-connect-time"]).endswith(("us", "ms", "s"))
    await until(lambda: seen.sources == ["UP", "DOWN"])
    assert seen.logs[-1][1] == "event down [ type: tcp_conn, host: 10.0.0.2 ]"


async def test_http_get_judges_the_status_code(pair: Any, seen: Seen, until: Any) -> None:
    answer = [b"HTTP/1.1 204 No Content\r\n\r\n"]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer[0])
        writer.close()

    listener = netns.make_socket("nb")
    listener.bind(("10.0.0.2", 80))
    async with await asyncio.start_server(serve, sock=listener):
        seen.row(type="http-get")
        await until(lambda: seen.sources == ["UP"])
        assert seen.status[1]["http-status-code"] == "204"
        answer[0] = b"HTTP/1.1 302 Found\r\n\r\n"
        await until(lambda: seen.sources == ["UP", "DOWN"])
        seen.row(type="http-get", http_codes="302,500-599")
        await until(lambda: seen.sources == ["UP", "DOWN", "UP"])
        answer[0] = b"nonsense\r\n"
        await until(lambda: seen.sources == ["UP", "DOWN", "UP", "DOWN"])


async def test_a_name_is_asked_of_the_row_s_server_or_the_router_s(pair: Any, seen: Seen, until: Any) -> None:
    records = {"www.example.com": ["192.0.2.7", "192.0.2.8"]}
    async with name_server(records, name="nb", address="10.0.0.2", port=53) as (names, _):
        seen.monitor.router = Router(resolvers=lambda: ["10.0.0.2"])
        seen.row(type="dns", host="www.example.com")
        await until(lambda: seen.sources == ["UP"])
        assert set(str(seen.events[0][1]["ip"]).split(",")) == {"192.0.2.7", "192.0.2.8"}
        assert set(str(seen.status[1]["ip"]).split(",")) == {"192.0.2.7", "192.0.2.8"}
        seen.monitor.router = Router()
        seen.row(type="dns", host="www.example.com", dns_server="10.0.0.2")
        await until(lambda: seen.sources == ["UP", "UP"])
        asked = len(names.asked)
        assert asked >= 2
        seen.row(type="dns", host="none.example.com", dns_server="10.0.0.2")
        await until(lambda: seen.sources == ["UP", "UP", "DOWN"])
        seen.row(type="dns", host="www.example.com", dns_server="10.0.0.2", record_type="AAAA")
        await until(lambda: seen.sources == ["UP", "UP", "DOWN", "DOWN"])
        assert seen.status[1]["ip"] is None
    seen.row(type="dns", host="www.example.com", dns_server="10.0.0.2")
    await until(lambda: seen.sources[4:] == ["DOWN"])


async def test_https_checks_the_certificate_when_it_is_told_to(
    pair: Any, seen: Seen, until: Any, tmp_path: Path
) -> None:
    ours = Authority()

    def tls(verify: bool) -> ssl.SSLContext:
        if verify:
            return ssl.create_default_context(cadata=Authority("another").pem)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context

    seen.monitor.router = Router(tls=tls)
    async with serve(ours.server("10.0.0.2", tmp_path), name="nb", address="10.0.0.2", port=443) as web:
        web.answers["/"] = answer("200 OK")
        seen.row(type="https-get")
        await until(lambda: seen.sources == ["UP"])
        assert seen.status[1]["http-status-code"] == "200"
        seen.row(type="https-get", check_certificate="true")
        await until(lambda: seen.sources == ["UP", "DOWN"])


async def test_a_host_that_can_not_be_probed_stays_unknown(pair: Any, seen: Seen) -> None:
    seen.row(host="8.8.8.8@vrf1")
    await asyncio.sleep(0.5)
    assert (seen.status[1]["status"], seen.events) == ("unknown", [])
