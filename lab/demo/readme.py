# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m lab.demo.readme``: write the figures of build/demo.json into the READMEs, between their markers.

So no figure in a README was typed by a person: each comes from a run that kept every promise.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
BEGIN, END = "<!-- figures:begin -->", "<!-- figures:end -->"

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "head": "| What | One line | Both lines | The paper |",
        "down": "Download, Mbit/s",
        "up": "Upload, Mbit/s",
        "split": "Of {connections} new connections, {shares} took {labels} (counted at the ISPs).",
        "failover": "The internet behind {label} died while its gateway kept answering: all new connections worked "
        "again after {restored} s, route to {route}; {moved} of {hit} calls (UDP) that ran on it went on there, silent "
        "for {silent} s at most; {disturbed} of {others} on the other line were disturbed.",
        "back": "When it lived again, it was held back until it had been good for a while; new connections used it "
        "{back} s later, and {stirred} of {calls} running calls noticed.",
        "told": "The chat heard of the dead line {down} s after its death, and {up} s after its return to service, "
        "with the length of the outage ({length} s).",
        "rogue": "A rogue DHCP server was reported in the chat after {seconds} s, with branch, interface, MAC and IP.",
        "second": "The second run of the playbook: changed={changed}, {writes} writes seen by the router.",
        "date": "One run of `./dev demo`, {date}, Linux {kernel}, {cores} cores, RouterOS {routeros} emulated.",
        "decimal": ".",
    },
    "id": {
        "head": "| Ukuran | Satu jalur | Dua jalur | Makalah |",
        "down": "Unduh, Mbit/s",
        "up": "Unggah, Mbit/s",
        "split": "Dari {connections} koneksi baru, {shares} lewat {labels} (dihitung di sisi ISP).",
        "failover": "Internet di belakang {label} mati sementara gateway-nya masih menjawab: semua koneksi baru "
        "kembali normal setelah {restored} detik, rute ke {route}; {moved} dari {hit} panggilan (UDP) yang sedang "
        "berjalan di jalur itu berlanjut di sana, terdiam paling lama {silent} detik; {disturbed} dari {others} di "
        "jalur lain terganggu.",
        "back": "Setelah internetnya hidup lagi, jalur itu ditahan dulu sampai cukup lama baik; koneksi baru "
        "memakainya {back} detik kemudian, dan {stirred} dari {calls} panggilan yang berjalan terganggu.",
        "told": "Chat menerima kabar jalur mati {down} detik setelah jalur mati, dan kabar pulih {up} detik setelah "
        "jalur dipakai lagi, lengkap dengan lama gangguan ({length} detik).",
        "rogue": "Server DHCP liar dilaporkan di chat setelah {seconds} detik, lengkap dengan cabang, antarmuka, MAC, "
        "dan IP.",
        "second": "Playbook dijalankan untuk kedua kali: changed={changed}, {writes} penulisan terlihat oleh router.",
        "date": "Satu kali `./dev demo`, {date}, Linux {kernel}, {cores} core, RouterOS {routeros} hasil emulasi.",
        "decimal": ",",
    },
}
READMES = (("README.md", "en"), ("README.id.md", "id"))


class NoFigures(Exception):
    """There is no run whose figures could be shown."""


def figures(data: Mapping[str, Any], language: str) -> str:
    """The block between the markers, as Markdown."""
    words = WORDS[language]

    def number(value: float, digits: int) -> str:
        return f"{value:.{digits}f}".replace(".", words["decimal"])

    labels = {uplink["name"]: uplink["label"] for uplink in data["branch"]["uplinks"]}
    rate, paper = data["throughput_mbit"], data["paper_mbit"]
    rows = [
        f"| {words[way]} | {number(rate['single'][way], 2)} | **{number(rate['both'][way], 2)}** "
        f"| {number(paper[way], 2)} |"
        for way in ("down", "up")
    ]
    fault, rogue = data["failover"], data["rogue_dhcp"]
    facts = [
        words["split"].format(
            connections=data["split"]["connections"],
            shares=" / ".join(f"{number(data['split'][name] * 100, 1)} %" for name in labels),
            labels=" / ".join(labels.values()),
        ),
        words["failover"].format(
            label=labels[fault["uplink"]],
            restored=number(fault["new_connections_restored_s"], 1),
            route=fault["route_to"],
            moved=fault["calls"]["moved"],
            hit=fault["calls"]["hit"],
            silent=number(fault["calls"]["silent_s"], 1),
            disturbed=fault["calls"]["disturbed"],
            others=fault["calls"]["all"] - fault["calls"]["hit"],
        ),
        words["back"].format(
            back=number(fault["back_s"], 1),
            stirred=fault["at_return"]["disturbed"] + fault["at_return"]["hit"],
            calls=fault["at_return"]["all"],
        ),
        words["told"].format(
            down=number(fault["told_down"]["seconds"], 1),
            up=number(fault["told_up"]["seconds"], 1),
            length=number(fault["told_up"]["length_s"], 0),
        ),
        words["rogue"].format(seconds=number(rogue["seconds"], 1)),
        words["second"].format(**data["second_run"]),
    ]
    machine = {**data["machine"], "kernel": data["machine"]["kernel"].partition("-")[0]}
    date = words["date"].format(date=data["date"], **machine, routeros=data["versions"]["routeros"])
    table = "\n".join([words["head"], "| --- | ---: | ---: | ---: |", *rows])
    return "\n\n".join([table, "\n".join(f"- {fact}" for fact in facts), date])


def filled(text: str, block: str) -> str:
    """The README with the block between its markers."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise NoFigures(f"the markers {BEGIN} and {END} are missing")
    return f"{before}{BEGIN}\n{block}\n{END}{after}"


def main(root: Path = ROOT, readmes: Sequence[tuple[str, str]] = READMES) -> int:
    try:
        source = root / "build" / "demo.json"
        if not source.exists():
            raise NoFigures("there is no build/demo.json; run ./dev demo first")
        data = json.loads(source.read_text(encoding="utf-8"))
        if not data["passed"]:
            raise NoFigures("that run missed a promise: its figures do not belong into a README")
        for name, language in readmes:
            file = root / name
            file.write_text(filled(file.read_text(encoding="utf-8"), figures(data, language)), encoding="utf-8")
    except NoFigures as error:
        print(f"readme: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
