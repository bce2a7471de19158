# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet as a report holds it (``report.json``, format 1), made up: the same for the same arguments.

By default fifty branches of which most are well, and of each kind of trouble one: a dead line, a poor one, one that is
held back, a drifted branch, a rogue DHCP server, a certificate that ends soon, one that cannot be reached, one whose
login is refused, one with a mistake in its variables, one without a place on the map, and one with texts that want to
break a page.
"""

from __future__ import annotations

import datetime
import json
import random
import sys
from typing import Any

MADE = datetime.datetime(2026, 11, 22, 7, 0, tzinfo=datetime.UTC)
CITIES: tuple[tuple[str, float, float], ...] = (
    ("Jakarta", -6.2, 106.82),
    ("Surabaya", -7.25, 112.75),
    ("Bandung", -6.92, 107.61),
    ("Medan", 3.59, 98.67),
    ("Semarang", -6.99, 110.42),
    ("Makassar", -5.15, 119.43),
    ("Palembang", -2.99, 104.76),
    ("Denpasar", -8.65, 115.22),
    ("Balikpapan", -1.24, 116.85),
    ("Pontianak", -0.03, 109.34),
    ("Manado", 1.47, 124.84),
    ("Jayapura", -2.53, 140.72),
    ("Kupang", -10.17, 123.61),
    ("Ambon", -3.7, 128.18),
    ("Padang", -0.95, 100.35),
    ("Pekanbaru", 0.53, 101.45),
    ("Yogyakarta", -7.8, 110.37),
    ("Malang", -7.98, 112.63),
    ("Banjarmasin", -3.32, 114.59),
    ("Samarinda", -0.5, 117.15),
    ("Banda Aceh", 5.55, 95.32),
    ("Bengkulu", -3.8, 102.27),
    ("Jambi", -1.61, 103.61),
    ("Mataram", -8.58, 116.12),
    ("Palu", -0.9, 119.87),
    ("Kendari", -3.99, 122.51),
    ("Gorontalo", 0.54, 123.06),
    ("Ternate", 0.79, 127.38),
    ("Sorong", -0.88, 131.26),
    ("Merauke", -8.5, 140.4),
    ("Bogor", -6.6, 106.8),
    ("Cirebon", -6.73, 108.55),
    ("Tasikmalaya", -7.33, 108.22),
    ("Surakarta", -7.57, 110.83),
    ("Madiun", -7.63, 111.52),
    ("Kediri", -7.82, 112.02),
    ("Jember", -8.17, 113.7),
    ("Singaraja", -8.11, 115.09),
    ("Bima", -8.46, 118.73),
    ("Ende", -8.85, 121.66),
    ("Tarakan", 3.3, 117.63),
    ("Palangkaraya", -2.21, 113.92),
    ("Lhokseumawe", 5.18, 97.15),
    ("Sibolga", 1.74, 98.78),
    ("Batam", 1.13, 104.05),
    ("Pangkalpinang", -2.13, 106.11),
    ("Lampung", -5.45, 105.27),
    ("Serang", -6.12, 106.15),
    ("Tegal", -6.87, 109.14),
    ("Manokwari", -0.86, 134.06),
)
_ISPS = ("Telkom", "Biznet", "MyRepublic", "Indosat", "XL Home", "First Media")
_TYPES = ("static", "static", "dhcp", "pppoe")
_NOTHING: dict[str, Any] = {"events": [], "rogues": [], "drift": [], "certificates": [], "notes": []}


def sample(count: int = 50, *, language: str = "id", seed: int = 7) -> dict[str, Any]:
    """The whole report. ``count``: at least 12 for each trouble to be in it; beyond 50 the cities come again."""
    chance = random.Random(seed)
    branches = [_healthy(number, chance) for number in range(count)]
    for number, trouble in enumerate(TROUBLES, start=1):
        place = number * 4 % 49 if count >= 49 else number
        if place < count:
            branches[place] = trouble(branches[place])
    branches.sort(key=lambda branch: str(branch["name"]))
    return {"format": 1, "made": _iso(MADE), "title": "Contoh armada", "language": language, "branches": branches}


def _iso(moment: datetime.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _ago(**since: float) -> str:
    return _iso(MADE - datetime.timedelta(**since))


def _healthy(number: int, chance: random.Random) -> dict[str, Any]:
    city, latitude, longitude = CITIES[number % len(CITIES)]
    again = number // len(CITIES)
    name = city.lower().replace(" ", "-") + (f"-{again + 1}" if again else "")
    lines = 3 if number % 5 == 0 else 2
    group = "west" if longitude < 110 else "central" if longitude < 120 else "east"
    uplinks = [_uplink(place, chance, metered=lines == 3 and place == 3) for place in range(1, lines + 1)]
    _share(uplinks)
    uptime_s = chance.randint(3_600, 9_000_000)
    return {
        "name": name,
        "label": city + (f" {again + 1}" if again else ""),
        "groups": [group],
        "place": {"latitude": round(latitude + again / 50, 3), "longitude": round(longitude + again / 50, 3)},
        "ok": True,
        "error": "",
        "reason": "",
        "version": chance.choice(["7.22.3", "7.22.3", "7.20.6", "7.16.2", "6.49.19"]),
        "board": chance.choice(["hEX", "RB4011iGS+", "hAP ax^2", "RB5009UG+S+"]),
        "uptime_s": uptime_s,
        "read_at": _iso(MADE - datetime.timedelta(seconds=number % 40)),
        "uplinks": uplinks,
        **_NOTHING,
        "events": _past(uplinks, chance, uptime_s),
        "certificates": [{"name": "mw-api", "until": "2028-04-02", "days": 497}],
    }


def _uplink(place: int, chance: random.Random, *, metered: bool) -> dict[str, Any]:
    limit = chance.choice([10, 20, 20, 30, 50, 100]) * 1_000_000
    up = limit // chance.choice([1, 2, 4])
    kind = "lte" if metered else chance.choice(_TYPES)
    return {
        "name": f"isp{place}" if not metered else "lte",
        "label": "Cadangan 4G" if metered else f"Modem {place} ({chance.choice(_ISPS)})",
        "type": kind,
        "metered": metered,
        "alive": True,
        "in_use": not metered,
        "since": _ago(hours=chance.randint(2, 900)),
        "address": f"100.64.{chance.randint(1, 250)}.{chance.randint(2, 250)}/24",
        "connections": 0 if metered else chance.randint(20, 1400),
        "connections_share": None,
        "download_bytes": 4_000_000 if metered else chance.randint(10**9, 9 * 10**11),
        "upload_bytes": 1_000_000 if metered else chance.randint(10**8, 9 * 10**10),
        "bytes_share": None,
        "download_bps": 0 if metered else int(limit * chance.uniform(0.02, 0.95)),
        "upload_bps": 0 if metered else int(up * chance.uniform(0.01, 0.6)),
        "download_limit_bps": limit,
        "upload_limit_bps": up,
    }


def _share(uplinks: list[dict[str, Any]]) -> None:
    connections = sum(uplink["connections"] or 0 for uplink in uplinks)
    octets = sum(uplink["download_bytes"] + uplink["upload_bytes"] for uplink in uplinks)
    for uplink in uplinks:
        held = uplink["connections"]
        uplink["connections_share"] = round(held / connections, 4) if connections and held is not None else None
        uplink["bytes_share"] = round((uplink["download_bytes"] + uplink["upload_bytes"]) / octets, 4)


def _past(uplinks: list[dict[str, Any]], chance: random.Random, uptime_s: int) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    for _ in range(chance.randint(0, 3)):
        uplink = chance.choice(uplinks)
        began, lasted = chance.randint(7_200, max(7_201, min(uptime_s, 2_000_000))), chance.randint(20, 3_600)
        events += [
            _event("alive", uplink, f"{uplink['label']} is used again", seconds=began - lasted),
            _event("dead", uplink, f"{uplink['label']} is not used now", seconds=began),
        ]
    return sorted(events, key=lambda event: str(event["time"]), reverse=True)


def _event(kind: str, uplink: dict[str, Any] | None, text: str, **since: float) -> dict[str, Any]:
    return {"time": _ago(**since), "kind": kind, "uplink": uplink["name"] if uplink else "", "text": text}


# --- troubles: each takes a healthy branch


def _dead(branch: dict[str, Any]) -> dict[str, Any]:
    first = branch["uplinks"][0]
    first |= {"alive": False, "in_use": False, "since": _ago(minutes=47), "connections": 0}
    first |= {"download_bps": 0, "upload_bps": 0}
    _share(branch["uplinks"])
    event = _event("dead", first, f"{first['label']} is not used now", minutes=47)
    return {**branch, "events": [event, *branch["events"]]}


def _all_dead_but_metered(branch: dict[str, Any]) -> dict[str, Any]:
    for uplink in branch["uplinks"]:
        metered = uplink["metered"]
        uplink |= {"alive": metered, "in_use": metered, "since": _ago(minutes=12), "connections": 80 if metered else 0}
        uplink |= {"download_bps": 900_000 if metered else 0, "upload_bps": 80_000 if metered else 0}
    _share(branch["uplinks"])
    return branch


def _held(branch: dict[str, Any]) -> dict[str, Any]:
    branch["uplinks"][0] |= {"alive": True, "in_use": False, "since": _ago(seconds=9)}
    return {**branch, "notes": [f"{branch['uplinks'][0]['label']}: back, and held back until it proved good"]}


def _unknown(branch: dict[str, Any]) -> dict[str, Any]:
    unknown = dict.fromkeys(("alive", "in_use", "since", "connections", "connections_share", "download_bps"))
    branch["uplinks"][1] |= {**unknown, "upload_bps": None, "download_limit_bps": None, "upload_limit_bps": None}
    return {**branch, "notes": ["connections were not counted: not enough permissions (9)"]}


def _drifted(branch: dict[str, Any]) -> dict[str, Any]:
    words = "Modem 1: new connections: passthrough is 'yes', should be 'no'"
    drift = [
        {"menu": "/ip/firewall/mangle", "tag": "multiwan:pcc:isp1:memory", "words": words},
        {"menu": "/ip/route", "tag": "multiwan:failover:isp2:gate1", "words": "Modem 2: gate, missing"},
    ]
    return {**branch, "drift": drift}


def _rogue(branch: dict[str, Any]) -> dict[str, Any]:
    server = {"segment": "Tamu", "interface": "vlan20", "mac": "DC:2C:6E:81:CF:34", "address": "192.168.88.1"}
    text = "rogue DHCP server on vlan20, mac DC:2C:6E:81:CF:34, ip 192.168.88.1, port ether5"
    event = _event("rogue", None, text, minutes=95)
    return {**branch, "rogues": [{**server, "time": event["time"]}], "events": [event, *branch["events"]]}


def _ends_soon(branch: dict[str, Any]) -> dict[str, Any]:
    return {**branch, "certificates": [{"name": "mw-api", "until": "2026-12-01", "days": 9}]}


def _ended(branch: dict[str, Any]) -> dict[str, Any]:
    return {**branch, "certificates": [{"name": "mw-api", "until": "2026-11-20", "days": -2}]}


def _unread(branch: dict[str, Any], reason: str, error: str) -> dict[str, Any]:
    kept = {key: branch[key] for key in ("name", "label", "groups", "place", "read_at")}
    nothing = {"version": "", "board": "", "uptime_s": None, "uplinks": [], **_NOTHING}
    return {**kept, "ok": False, "error": error, "reason": reason, **nothing}


def _unreachable(branch: dict[str, Any]) -> dict[str, Any]:
    return _unread(branch, "unreachable", "no connection to 10.20.0.8:8729: no answer in time. Is the service on?")


def _wrong_password(branch: dict[str, Any]) -> dict[str, Any]:
    return _unread(branch, "login", "10.20.0.9:8729 refused the login of user multiwan: invalid user name or password")


def _bad_variables(branch: dict[str, Any]) -> dict[str, Any]:
    error = "multiwan_uplinks[1].gateway: '192.168.2.300' is no IPv4 address"
    return {**_unread(branch, "variables", error), "place": None}


def _hostile(branch: dict[str, Any]) -> dict[str, Any]:
    text = "</script><script>alert(1)</script> \"'&<b>\u2028 {{ x }} \\"
    branch["uplinks"][0]["label"] = text
    return {**branch, "label": f"Ruko <i>{text}</i>", "place": None, "notes": [text]}


TROUBLES = (
    _dead,
    _drifted,
    _rogue,
    _unreachable,
    _ends_soon,
    _wrong_password,
    _bad_variables,
    _hostile,
    _held,
    _all_dead_but_metered,
    _unknown,
    _ended,
)


if __name__ == "__main__":
    json.dump(sample(int(sys.argv[1]) if len(sys.argv) > 1 else 50), sys.stdout, indent=1)
