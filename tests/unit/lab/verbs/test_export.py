# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An export is a script: the interpreter reads it back into a router that exports the same."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from lab.script.engine_tree import EngineTree
from lab.script.interpreter import Interpreter
from lab.store import Store
from lab.verbs import SYSTEM, Engine

text = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20)


def router() -> Engine:
    store = Store()
    store.load([("/interface/ethernet", {"name": f"ether{n}"}) for n in (1, 2)])
    return Engine(store, clock=lambda: 0.0)


async def run(engine: Engine, source: str) -> None:
    interpreter = Interpreter(
        engine,
        clock=lambda: 0.0,
        log=lambda topics, message: None,
        globals_for=lambda user: {},
        tree=EngineTree(engine),
    )
    await interpreter.run(source, caller=SYSTEM)


async def test_a_branch_reads_back() -> None:
    engine = router()
    engine.store.load(
        [
            ("/interface/bridge", {"name": "bridge"}),
            ("/interface/bridge/port", {"bridge": "bridge", "interface": "ether2"}),
            ("/interface/list", {"name": "LAN"}),
            ("/interface/list/member", {"list": "LAN", "interface": "bridge"}),
            ("/routing/table", {"name": "to-isp1", "fib": ""}),
            ("/ip/address", {"address": "192.168.1.2/24", "interface": "ether1", "comment": "Modem 1 [x:y]"}),
            ("/ip/route", {"gateway": "192.168.1.1%ether1", "routing-table": "to-isp1", "check-gateway": "ping"}),
            ("/ip/route", {"dst-address": "8.8.4.4/32", "blackhole": "", "distance": "254"}),
            ("/ip/firewall/mangle", {"chain": "a", "per-connection-classifier": "both-addresses:2/0"}),
            ("/ip/firewall/mangle", {"chain": "b", "in-interface-list": "!LAN", "passthrough": "no"}),
            ("/system/script", {"name": "s", "owner": "*system", "source": ':local a "x"\n:put ($a . "\\n")\t# $b'}),
            ("/tool/netwatch", {"host": "8.8.4.4", "interval": "1s", "down-script": "/log info down"}),
            ("/ip/dhcp-server/alert", {"interface": "bridge", "valid-server": "02:00:00:00:00:01"}),
            ("/queue/simple", {"name": "q", "target": "bridge", "max-limit": "10M/5M"}),
            ("/system/identity", {"name": "jakarta"}),
            ("/ip/dns", {"servers": "1.1.1.1,8.8.8.8", "allow-remote-requests": "yes"}),
        ]
    )
    engine.store.set("/interface/ethernet", 1, {"comment": "WAN"})
    again = router()
    await run(again, engine.export())
    assert again.export() == engine.export()
    assert again.store.snapshot().menus == engine.store.snapshot().menus


@settings(max_examples=40, deadline=None)
@given(comment=text, source=text)
@example(comment="true", source="false")
async def test_any_text_reads_back(comment: str, source: str) -> None:
    engine = router()
    remark = {"comment": comment} if comment else {}
    engine.store.load([("/system/script", {"name": "s", "owner": "*system", "source": source, **remark})])
    again = router()
    await run(again, engine.export())
    assert again.store.rows("/system/script") == engine.store.rows("/system/script")


def test_the_action_of_a_firewall_row_is_written_also_when_it_is_the_default() -> None:
    engine = router()
    engine.store.load([("/ip/firewall/filter", {"chain": "input"})])
    assert engine.export("/ip/firewall/filter") == "/ip firewall filter\nadd action=accept chain=input\n"
