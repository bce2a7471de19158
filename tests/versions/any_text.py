# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts that would break out of a script, a comment, a message or a plan, and a branch that says everything it can."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from tests.unit.plugins.branches import TOKEN

#: What a router that ran a part of a text would hold or log.
CANARY = "canary"
_FRAGMENTS = (
    *"\"\\$[](){};?#%&+=|~^`'<>,.:!*-_@ aZ0",
    *("\n", "\r", "\t", "\x00", "\x1b", "\x7f", "\x85", "\u00a0", "\u202e", "\u200f", "\u2028", "\u0301"),
    *("é", "Ä", "本社", "🙂", "👨‍👩‍👧", "שלום", "ﬁ", "％", "［", "］", "\U0010fffd"),
    f'"; /ip firewall address-list add list={CANARY} address=192.0.2.99; #',
    f"[/ip firewall address-list add list={CANARY} address=192.0.2.98]",
    f"$[/system note set note={CANARY}]",
    f"\\$[/system note set note={CANARY}]",
    f"\r\n/system note set note={CANARY}\r\n",
    f"; :log error {CANARY}",
    f":error {CANARY}",
    *("$mwName", "$mwBody", '" . $mwText . "', "\\24mwName", "\\22", "\\0A", "&text=", "%0A", "$", "\\"),
    *("<<telegram_bot_token>>", "********", "{label}", "{branch}", "{{ label }}", "${label}"),
    *("[multiwan:pcc:isp1:0]", "[multiwan:failover:isp2:gate1]", "multiwan:failover:isp1:gate", "true", "no", "*1"),
)


def _together() -> Iterator[str]:
    """All of them in a few texts that are short enough for a label."""
    text = "a"
    for part in filter(str.isprintable, _FRAGMENTS):
        if len(text) + len(part) > 64:
            yield text
            text = "a"
        text = (text + part)[:64]
    yield f"{text}b"[:64]


NASTY = tuple(_together())
#: Also half characters, as a careless YAML file can hold them.
ANY = st.one_of(
    st.lists(st.sampled_from(_FRAGMENTS), min_size=1, max_size=6).map("".join),
    st.text(max_size=64),
    st.text(st.characters(), max_size=70),
    st.sampled_from(_FRAGMENTS).map(lambda part: (part * 4096)[:4096]),
    st.integers(0, 99_999).map(str),
)


def fits(text: str) -> bool:
    """What the documentation promises of a label: one line of text, 1 to 64 characters."""
    return 1 <= len(text) <= 64 and text.isprintable() and bool(text.strip())


LABELS = ANY.filter(fits)


def everything() -> dict[str, Any]:
    """A right branch in which every key that a branch can have is said, on the ports of ``in_process.py``."""
    uplinks = [
        {
            "name": f"isp{number}",
            "label": f"Modem {number}",
            "interface": f"ether{number}",
            "type": "static",
            "address": f"172.16.{number}.2/24",
            "gateway": f"172.16.{number}.1",
            "download": "10M",
            "upload": "10M",
            "weight": number,
            "priority": number,
            "anchors": [f"203.0.113.{number}", f"198.51.100.{number}"],
            "probe": {"interval": "2s", "good_checks": 5, "quorum": 1, "loss": 20, "latency": "300ms"},
            "metered": False,
        }
        for number in (1, 2)
    ]
    uplinks[1] |= {"vlan": 100, "onlink": True, "address": "172.16.2.2/32"}
    plain = {key: text for key, text in uplinks[0].items() if key not in ("address", "gateway")}
    dialled = {"username": "a@isp", "password": "pw", "service": "x", "mtu": 1480}
    for number, line in (
        (3, {"interface": "ether3", "type": "pppoe", **dialled}),
        (4, {"interface": "lte1", "type": "lte", "apn": "internet"}),
    ):
        said = {"name": f"isp{number}", "label": f"Modem {number}", "priority": number}
        uplinks.append({**plain, **said, "anchors": [f"203.0.113.{number}"], **line})
    office = {
        "name": "office",
        "label": "Kantor",
        "interface": "bridge",
        "address": "192.168.10.1/24",
        "dhcp": {"pool": "192.168.10.10-192.168.10.250", "valid_servers": ["DC:2C:6E:81:CF:34"]},
        "uplink": "isp1",
    }
    rates = {"download": "2M", "upload": "1M"}
    guests = {
        "name": "guests",
        "label": "Tamu",
        "vlan": 20,
        "ports": ["ether6"],
        "address": "192.168.20.1/24",
        "isolated": True,
        "dhcp": {
            "pool": "192.168.20.10-192.168.20.250",
            "dns": ["9.9.9.9"],
            "lease_time": "30m",
            "leases": [{"name": "printer", "mac": "DC:2C:6E:81:CF:35", "address": "192.168.20.11"}],
        },
        "bandwidth": {
            "download": "5M",
            "upload": "2M",
            "guaranteed": dict(rates),
            "priority": 4,
            "per_client": dict(rates),
            "fair": "pcq",
            "burst": {"download": "8M", "upload": "4M", "time": "10s"},
            "internet_only": False,
        },
    }
    pin = {
        "name": "bank",
        "uplink": "isp1",
        "fallback": True,
        "segment": "office",
        "src_address": "192.168.10.0/28",
        "src_address_list": "directors",
        "dst_address": "198.18.3.0/24",
        "dst_address_list": "banks",
        "protocol": "tcp",
        "dst_port": "443,8000-8080",
    }
    forward = {
        "name": "cctv",
        "label": "Kamera",
        "protocol": "tcp",
        "port": "8080",
        "to": "192.168.10.20",
        "to_port": 80,
        "uplinks": ["isp1"],
        "hairpin": True,
    }
    return {
        "multiwan_uplinks": uplinks,
        "multiwan_segments": [office, guests],
        "multiwan_bridge": {"name": "bridge", "trunks": ["ether7"], "trusted": ["ether7"], "dhcp_snooping": True},
        "multiwan_mode": "balance",
        "multiwan_classifier": "both-addresses",
        "multiwan_bypass": ["10.0.0.0/8"],
        "multiwan_pins": [pin],
        "multiwan_address_lists": {"banks": ["ibank.example.co.id", "198.51.100.0/24"]},
        "multiwan_public_addresses": ["kantor.example.net"],
        "multiwan_forwards": [forward],
        "multiwan_telegram": {
            "bot_token": TOKEN,
            "chat_id": "-100200300",
            "language": "en",
            "api_url": "https://bot.example.com",
            "ca": None,
        },
        "multiwan_fast_failover": True,
        "multiwan_probe": {"interval": "2s", "good_checks": 5, "quorum": 1, "loss": 20, "latency": "300ms"},
        "multiwan_fasttrack": "remove",
        "multiwan_gate_network": "192.0.2.0/24",
        "multiwan_routeros_version": "7.22",
    }


def on_plain_ports(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The same branch with lines and segments on interfaces that the router has, so that its rows go in one by one."""
    lines = [{**line} for line in raw["multiwan_uplinks"] if line["type"] == "static" and "vlan" not in line]
    segments = [{**segment} for segment in raw["multiwan_segments"]]
    for segment in segments:
        number = segment.pop("vlan", None)
        if number is not None:
            segment["interface"] = f"vlan{number}"
            segment.pop("ports")
    rest = {name: value for name, value in raw.items() if name != "multiwan_bridge"}
    return {**rest, "multiwan_uplinks": lines, "multiwan_segments": segments}


Path = tuple[str | int, ...]


def mappings(value: Any, path: Path = ()) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Every mapping of a branch with its place."""
    if isinstance(value, Mapping):
        yield path, value
    pairs: Sequence[tuple[str | int, Any]] = ()
    if isinstance(value, Mapping):
        pairs = tuple(value.items())
    elif isinstance(value, list):
        pairs = tuple(enumerate(value))
    for key, item in pairs:
        yield from mappings(item, (*path, key))


def leaves(value: Any, path: Path = ()) -> Iterator[Path]:
    """The place of every value that is no mapping and no list."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from leaves(item, (*path, number))
    else:
        yield path


def replaced(value: Any, path: Path, new: Any) -> Any:
    """The same with another value at one place."""
    if not path:
        return new
    key, *rest = path
    if isinstance(value, Mapping):
        return {**value, key: replaced(value.get(key), tuple(rest), new)}
    return [replaced(item, tuple(rest), new) if index == key else item for index, item in enumerate(value)]


def written(path: Path) -> str:
    """As messages name a place: ``multiwan_uplinks[0].label``."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")
