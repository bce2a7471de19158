# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Valid input, from which the invalid is made: lines of the pasted scripts, and sentences for every menu."""

from __future__ import annotations

from pathlib import Path

from lab.store import Store

SCRIPTS = Path(__file__).parents[1] / "conformance" / "scripts"
Sentence = tuple[str, ...]

LINES: tuple[str, ...] = (
    ":put [:len {1;2;3}]",
    ':local a {"k"="v";b={1;2}}; :put ($a->"b"->1)',
    ':foreach k,v in={a=1;b=2} do={:put "$k=$v"}',
    ":for i from=1 to=10 step=3 do={:put $i}",
    ":do {:error x} on-error={:put caught}",
    ':onerror e in={/ip/route/get [find comment="x"]} do={:put $e}',
    ":global f do={:return ($1 . $name)}; :put [$f 1 name=2]",
    ':put [[:parse ":return 5"]]',
    ':put [:convert "a b" to=url]; :put [:convert "YQ==" from=base64]',
    ':put [:serialize to=json {"a"=1;"b"={1;2}}]',
    ':put [:deserialize from=json "{\\"a\\":[1,2,{\\"b\\":null}]}"]',
    ':put ("abc" ~ "^[a-c]+\\$")',
    ":put (1.2.3.4 in 1.2.0.0/16); :put ((1 << 3) + 5 * 2 - 0x10 / 3 % 4)",
    '/ip/address/print where address~"^10\\\\." && !disabled',
    "/ip/route/print detail; /ip/route/print terse; /interface/print count-only",
    "/interface/print as-value; /export; /ip/firewall/export verbose",
    "/system/script/environment/print; :environment/print",
    '/ip/address/set [find] comment="x"; /ip/address/set 0 disabled=yes; /ip/address/remove numbers=0',
    "/ip/firewall/filter/move 1 0; /ip/firewall/filter/unset [find] comment",
    ':put [:pick "abcdef" 1 3]; :put [:find "abc" "c" -1]; :put [:tostr 1h2m]',
    ":while (false) do={}; :do {:set x 1} while=($x<3)",
    ":put [/ip/route/get [find] gateway]; :put [/system/resource/get version]",
    ":delay 10ms; :put [:timestamp]; :put [:rndstr length=5]; :put [:rndnum from=1 to=2]",
    ":retry command={:error x} delay=0 max=2 on-error={}",
    ':grep pattern="a" script={:put "abc"}; :put [:toarray "1,2"]; :put [:range 1 5]',
    "/user/print; /system/history/print; /log/print; /system/package/print",
)


def lines() -> list[str]:
    """Whole scripts, and each of their lines."""
    found = list(LINES)
    for path in sorted(SCRIPTS.glob("*.rsc")):
        text = "\n".join(line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
        found.append(text)
        found += [line.strip() for line in text.splitlines() if line.strip()]
    return found


#: what ends the connection by itself
_LEFT_OUT = frozenset({"/quit"})
_VALUES = {
    "address": "10.1.1.1/24",
    "interface": "ether1",
    "name": "x",
    "comment": "c",
    "chain": "input",
    "action": "accept",
    "gateway": "10.1.1.2",
    "dst-address": "10.9.0.0/16",
    "disabled": "no",
    "list": "l",
    "host": "10.0.0.1",
    "interval": "10s",
    "ranges": "10.0.0.1-10.0.0.9",
    "mac-address": "02:00:00:00:00:AA",
    "source": ":put 1",
    "max-limit": "1M/2M",
    "target": "10.0.0.1/32",
    "on-event": ":log info x",
    "policy": "read,write",
}


def sentences(store: Store) -> list[Sentence]:
    """One for each command of each menu that the version has, with arguments where their names say what fits."""
    found: list[Sentence] = [
        ("/ip/address/print", "?interface=ether1", "?disabled=false", "?#&"),
        ("/ip/route/print", "=.proplist=.id,gateway", "?-comment", "?>distance=1", "?#|!"),
        ("/interface/listen",),
        ("/cancel", "=tag=7"),
        ("/ping", "=address=10.0.0.1", "=count=2", "=interval=1s"),
        ("/tool/fetch", "=url=http://10.0.0.1/x?y=1", "=http-data=a", "=http-header-field=a: b", "=idle-timeout=1s"),
        ("/resolve", "=domain-name=a.example"),
        ("/login", "=name=admin", "=password="),
        ("/system/script/run", "=number=x"),
        ("/import", "=file-name=x.rsc"),
        ("/execute", "=script=:put 1", "=as-string="),
    ]
    for menu in store.schema.menus.values():
        for command in sorted({*menu.menu.commands, *menu.menu.actions}):
            path = f"{menu.path.rstrip('/')}/{command}"
            if path in _LEFT_OUT:
                continue
            names = [name for name in menu.arguments if name in _VALUES and command in ("add", "set")]
            words = [f"={name}={_VALUES[name]}" for name in names]
            target = ["=.id=*1"] if command not in ("add", "print", "export", "find", "getall") else []
            found.append((path, *target, *words))
    return found
