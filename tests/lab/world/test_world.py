# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ISPs, the internet, the rogue and the chat behave as the real ones do, seen from the router and the clients."""

from __future__ import annotations

import asyncio
import json
import re
import sys

import pytest

from lab.world.client import LabClient, LabError
from lab.world.topology import ANCHORS, TELEGRAM_ADDRESS
from tests.lab.world.conftest import cli, inside

pytestmark = pytest.mark.lab

PING = """
import os, socket, struct, sys, time
def ping(target, mark=0, source=None, tries=1, wait=3):
    s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP); s.settimeout(wait)
    if mark: s.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, mark)
    if source: s.bind((source, 0))
    got = 0
    for n in range(tries):
        head = struct.pack('!BBHHH', 8, 0, 0, os.getpid() & 0xffff, n); words = struct.unpack('!4H', head)
        total = sum(words); total = (total & 0xffff) + (total >> 16)
        try:
            s.sendto(struct.pack('!BBHHH', 8, 0, ~total & 0xffff, os.getpid() & 0xffff, n), (target, 0))
            end = time.monotonic() + wait
            while time.monotonic() < end:
                data, (sender, _) = s.recvfrom(200)
                if sender == target and data[20] == 0 and struct.unpack('!H', data[26:28])[0] == n: got += 1; break
        except OSError: pass
    return got
"""


def pings(lab: LabClient, *calls: str) -> list[int]:
    """Results of ping(target, mark, source, tries) in the router's namespace; mark n goes by uplink n."""
    found: list[int] = json.loads(inside(lab, "router", f"{PING}\nprint([{', '.join(calls)}])"))
    return found


def test_every_anchor_answers_through_every_line(world: LabClient) -> None:
    addresses = [*ANCHORS, "9.9.9.9", "8.8.8.8", "1.1.1.1", TELEGRAM_ADDRESS]
    calls = [f"ping('{address}', {mark})" for address in addresses for mark in (1, 2)]
    assert pings(world, *calls) == [1] * len(calls)


def carrier(lab: LabClient, port: str) -> bool:
    done = cli("shell", "--name", lab.folder.name, "--linux", "router", "--", "ip", "-o", "link", "show", "dev", port)
    return "LOWER_UP" in done.stdout


@pytest.mark.parametrize(
    ("fault", "gateway", "anchor", "has_carrier"),
    [("upstream", 1, 0, True), ("gateway", 0, 0, True), ("cable", 0, 0, False)],
)
async def test_each_fault_kills_what_it_is_named_after(
    healed: LabClient, fault: str, gateway: int, anchor: int, has_carrier: bool
) -> None:
    look = ("ping('192.168.2.1', 2)", "ping('8.8.4.4', 2)", "ping('8.8.4.4', 1)")
    assert pings(healed, *look) == [1, 1, 1]
    assert (await healed.cut("isp2", fault))["fault"] == fault
    assert carrier(healed, "ether2") is has_carrier
    seen = pings(healed, "ping('192.168.2.1', source='192.168.2.2')" if fault == "cable" else look[0], *look[1:])
    assert seen[0] == gateway
    assert seen[2] == 1, "the other line is untouched"
    if fault != "cable":  # without carrier Linux falls back to the main table, which the emulator decides about
        assert seen[1] == anchor
    await healed.heal("isp2")
    assert carrier(healed, "ether2")
    inside(
        healed,
        "router",
        "import subprocess; subprocess.run(['ip','route','replace','default','via','192.168.2.1','table','102'])",
    )
    assert pings(healed, *look) == [1, 1, 1]


async def test_loss_is_as_much_as_was_asked_for(healed: LabClient) -> None:
    await healed.cut("isp1", "loss", percent=30)
    (answered,) = pings(healed, "ping('8.8.4.4', 1, tries=60, wait=0.2)")
    assert 15 <= answered <= 44, "60 x 0.7 x 0.7 = 29"


def milliseconds(lab: LabClient, call: str) -> float:
    """How long the quickest of five pings took that must all be answered: the others may have met a busy machine."""
    timed = f"t = time.monotonic(); ok = {call}; took.append([ok, (time.monotonic() - t) * 1000])"
    code = f"import json\n{PING}\ntook = []\nfor _ in range(5):\n    {timed}\nprint(json.dumps(took))"
    took = json.loads(inside(lab, "router", code))
    assert [ok for ok, _ in took] == [1] * 5
    return float(min(ms for _, ms in took))


def carrier_changes(lab: LabClient, port: str) -> int:
    code = "from pyroute2 import IPRoute\nwith IPRoute() as ip:\n    link = ip.get_links(ifname=%r)[0]\n"
    return int(inside(lab, "router", (code + "    print(link.get_attr('IFLA_CARRIER_CHANGES'))") % port))


async def test_delay_lengthens_the_round_trip_of_one_line_and_its_link_stays(healed: LabClient) -> None:
    assert milliseconds(healed, "ping('8.8.4.4', 2)") < 200
    before = carrier_changes(healed, "ether2")
    await healed.cut("isp2", "delay", delay_ms=250)
    assert 249 <= milliseconds(healed, "ping('8.8.4.4', 2)") < 2000
    assert milliseconds(healed, "ping('8.8.4.4', 1)") < 200, "the other line is untouched"
    slow = await healed.measure("connections", count=60, timeout=30.0)
    assert slow["failed"] == 0
    assert slow["split"]["isp2"] > 0, "TCP passes with its checksums"
    await healed.heal("isp2")
    assert milliseconds(healed, "ping('8.8.4.4', 2)") < 200
    assert carrier_changes(healed, "ether2") == before


async def test_a_delayed_line_carries_its_full_speed_upwards(healed: LabClient) -> None:
    for name in ("isp1", "isp2"):
        await healed.cut(name, "delay", delay_ms=40)
    result = await healed.measure("throughput", direction="up", seconds=3, warmup=2)
    assert result["goodput_mbit"] > 11, "2 x 9.56, less what slow start and a busy machine take; one line has 9.56"


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (("cut", "isp9"), "no uplink 'isp9' in this lab: it has isp1, isp2"),
        (("cut", "isp1", "--fault", "delay"), "delay needs --ms"),
        (("cut", "isp1", "--fault", "loss"), "loss needs --percent"),
        (("heal", "isp1"), "isp1 is not cut"),
        (("rogue", "on", "--mac", "nonsense"), "six pairs of hexadecimal digits"),
        (("chat", "--fail", "418"), "STATUS:TIMES is expected"),
        (("chat", "--count", "1", "--wait", "0.1", "--after", "999"), "0 of 1 messages came within 0.1 s"),
    ],
)
def test_what_can_not_be_done_is_said_in_a_sentence(world: LabClient, words: tuple[str, ...], answer: str) -> None:
    done = cli(*words, "--name", world.folder.name)
    assert done.returncode == 1
    assert answer in done.stderr
    assert "Traceback" not in done.stderr


async def test_a_line_is_cut_only_once(healed: LabClient) -> None:
    await healed.cut("isp1")
    with pytest.raises(LabError, match="isp1 is cut already"):
        await healed.cut("isp1", "cable")


SPOOF = """
ping('192.168.2.1', 2)
mac = next(line.split()[3] for line in open('/proc/thread-self/net/arp') if line.startswith('192.168.2.1 '))
for source in (%s):
    h = bytes([0x45, 0, 0, 28, 0, 1, 0, 0, 64, 17, 0, 0, *map(int, source.split('.')), 198, 51, 100, 1])
    total = sum(struct.unpack('!10H', h)); total = (total & 0xffff) + (total >> 16)
    datagram = h[:10] + struct.pack('!H', ~total & 0xffff) + h[12:] + bytes([0, 9, 0, 9, 0, 8, 0, 0])
    s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM)  # past the router's own NAT
    s.sendto(datagram, ('ether2', 0x0800, 0, 0, bytes.fromhex(mac.replace(':', ''))))
"""


async def test_an_isp_drops_foreign_source_addresses_and_passes_its_own(world: LabClient) -> None:
    async def counted() -> tuple[int, int]:
        line = (await world.status())["uplinks"][1]
        return line["spoofed"], line["connections"]

    async def becomes(wanted: tuple[int, int]) -> None:
        for _ in range(300):
            if await counted() == wanted:
                return
            await asyncio.sleep(0.1)
        assert await counted() == wanted

    spoofed, connections = await counted()
    inside(world, "router", PING + SPOOF % "'192.168.1.2', '192.168.10.10', '203.0.113.2'")
    await becomes((spoofed + 3, connections))  # nothing left towards the internet
    inside(world, "router", PING + SPOOF % "'192.168.2.2',")
    await becomes((spoofed + 3, connections + 1))


DNS = """
import dns.message, dns.query, sys
for name in ('api.telegram.org', 'nobody.example.org'):
    for server in ('8.8.8.8', '1.1.1.1'):
        for ask in (dns.query.udp, dns.query.tcp):
            reply = ask(dns.message.make_query(name, 'A'), server, timeout=20)
            print(reply.rcode(), *[r.to_text() for rrset in reply.answer for r in rrset])
"""


def test_both_resolvers_know_telegram_and_say_so_of_nobody(world: LabClient) -> None:
    assert inside(world, "client", DNS).splitlines() == [f"0 {TELEGRAM_ADDRESS}"] * 4 + ["3"] * 4


SEND = """
import json, ssl, sys, urllib.request, urllib.parse, socket
context = ssl.create_default_context(cafile=%r)
socket.getaddrinfo = (lambda old: lambda host, *a, **k: old(%r, *a, **k))(socket.getaddrinfo)
def send(text, token=%r, chat=%r):
    data = urllib.parse.urlencode({'chat_id': chat, 'text': text}).encode()
    try:
        url = f'https://api.telegram.org/bot{token}/sendMessage'
        with urllib.request.urlopen(url, data, 60, context=context) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)
"""


def secrets(lab: LabClient) -> dict[str, str]:
    text = lab.folder.inventory.read_text()
    return {key: value.strip("'") for key, value in re.findall(r"^ +([a-z_]+): (\S+)$", text, re.M)}


def send(lab: LabClient, what: str) -> list[tuple[int, dict[str, object]]]:
    known = secrets(lab)
    ca = str(lab.folder.path / "internet-ca.pem")
    head = SEND % (ca, TELEGRAM_ADDRESS, known["lab_telegram_token"], known["lab_telegram_chat_id"])
    answers: list[tuple[int, dict[str, object]]] = json.loads(
        inside(lab, "client", f"{head}\nprint(json.dumps({what}))")
    )
    return answers


async def test_the_bot_answers_over_verified_https_and_keeps_the_chat(world: LabClient) -> None:
    await world.chat(limits={"per_second": 0, "per_minute": 0})
    start = len((await world.chat())["messages"])
    answers = send(world, "[send('Halo, Jakarta ✓'), send(' '), send('x', token='1:' + 'a' * 35), send('x', chat=1)]")
    assert [status for status, _ in answers] == [200, 400, 401, 400]
    assert answers[1][1]["description"] == "Bad Request: message text is empty"
    assert answers[3][1]["description"] == "Bad Request: chat not found"
    chat = await world.chat(after=start, count=1, wait_s=60)
    assert chat["complete"]
    assert [message["text"] for message in chat["messages"]] == ["Halo, Jakarta ✓"]
    assert chat["messages"][0]["source"] in ("203.0.113.1", "203.0.113.2")
    printed = cli("chat", "--name", world.folder.name, "--after", str(start)).stdout
    assert "Halo, Jakarta ✓" in printed


async def test_the_bot_fails_on_request_and_then_no_more(world: LabClient) -> None:
    await world.chat(limits={"per_second": 0, "per_minute": 0}, fail="429:2", retry_after=7)
    answers = send(world, "[send('a'), send('b'), send('c')]")
    assert [status for status, _ in answers] == [429, 429, 200]
    assert answers[0][1]["parameters"] == {"retry_after": 7}


#: Asks each second; until so many servers have answered, and so long at most.
DISCOVER = """
import json, os, random, socket, struct, sys, time
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800)); s.bind(('eth0', 0)); s.settimeout(0.3)
mac = bytes([2, *random.randbytes(5)]); xid = random.randbytes(4)
bootp = struct.pack('!BBBB4sHH16s', 1, 1, 6, 0, xid, 0, 0x8000, b'') + mac.ljust(16, b'\\0') + bytes(192)
data = bootp + b'\\x63\\x82\\x53\\x63\\x35\\x01\\x01\\xff'
udp = struct.pack('!HHHH', 68, 67, 8 + len(data), 0) + data
ip = bytes([0x45, 0]) + struct.pack('!H', 20 + len(udp)) + bytes([0, 1, 0, 0, 64, 17, 0, 0]) + bytes(4) + b'\\xff' * 4
words = sum(struct.unpack('!10H', ip)); words = (words & 0xffff) + (words >> 16)
ip = ip[:10] + struct.pack('!H', ~words & 0xffff) + ip[12:]
frame_out = b'\\xff' * 6 + mac + b'\\x08\\x00' + ip + udp
seen, again, end = {}, 0, time.monotonic() + %s
while time.monotonic() < end and len(seen) < %s:
    if time.monotonic() > again: s.send(frame_out); again = time.monotonic() + 1
    try: frame = s.recv(2000)
    except TimeoutError: continue
    if frame[23] == 17 and frame[34:36] == b'\\x00\\x43' and frame[46:50] == xid:
        seen[frame[6:12].hex(':').upper()] = socket.inet_ntoa(frame[26:30])
print(json.dumps(seen))
"""


async def test_the_rogue_offers_with_its_mac_until_it_is_taken_away(world: LabClient) -> None:
    await world.rogue(True, mac="DC:2C:6E:81:CF:34", count=2)
    assert (await world.status())["rogues"] == ["DC:2C:6E:81:CF:34", "DC:2C:6E:81:CF:35"]
    # dnsmasq with its defaults pings the address first: 3 s (lab-recipes 3)
    offers = json.loads(inside(world, "guest", DISCOVER % (60, 2)))
    assert offers == {"DC:2C:6E:81:CF:34": "192.168.100.1", "DC:2C:6E:81:CF:35": "192.168.99.1"}
    assert (await world.rogue(False))["stopped"] == 2
    assert json.loads(inside(world, "guest", DISCOVER % (5, 2))) == {}
    assert (await world.status())["rogues"] == []


def test_a_command_in_a_place_keeps_its_exit_code(world: LabClient) -> None:
    name = world.folder.name
    assert cli("shell", "--name", name, "isp1", "--", sys.executable, "-c", "import sys; sys.exit(7)").returncode == 7
    seen = cli("shell", "--name", name, "inet", "--", "ip", "-br", "link").stdout
    assert "isp2" in seen


async def test_what_was_done_to_the_world_is_remembered(healed: LabClient) -> None:
    before = len(await healed.events())
    await healed.cut("isp1", "cable")
    await healed.heal("isp1")
    events = (await healed.events())[before:]
    assert [event["event"] for event in events] == ["cut", "heal"]
    assert events[1]["at"] >= events[0]["at"]
