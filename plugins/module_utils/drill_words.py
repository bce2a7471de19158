# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Words of the report of a rehearsal, in the languages that a branch can ask for."""

from __future__ import annotations

from collections.abc import Mapping

from .drill_sums import Rehearsal

WORDS: Mapping[str, Mapping[str, str]] = {
    "id": {
        "title": "Latihan gangguan internet",
        "branch": "Cabang",
        "good": "Semua jalur yang dilatih digantikan jalur lain, lalu dipakai lagi.",
        "bad": "ADA JALUR YANG TIDAK DIGANTIKAN atau tidak dipakai lagi.",
        "verdict_good": "Digantikan {carrier}, {seconds} detik tanpa internet",
        "verdict_slow": "Digantikan {carrier}, tetapi {seconds} detik tanpa internet: lebih lama dari batas",
        "verdict_bad": "TIDAK digantikan jalur lain",
        "verdict_gone": "Digantikan {carrier}, tetapi tidak dipakai lagi sesudah pulih",
        "noticed": "Gangguan diketahui setelah",
        "without": "Tanpa internet",
        "limit": "Batas",
        "lost": "Ping hilang selama gangguan",
        "lost_at_return": "Ping hilang sesudah pulih",
        "used_again": "Dipakai lagi sesudah pulih",
        "carried_by": "Digantikan oleh",
        "connections": "Koneksi menurut jalur: sebelum / selama / sesudah",
        "never": "tidak",
        "seconds": "detik",
        "of": "dari",
        "pings": "Ping: hijau dijawab, merah hilang",
        "carrier": "Koneksi baru lewat",
        "gate": "Boleh dipakai:",
        "out": "diputus",
        "back": "disambung",
        "axis": "detik sejak jalur diputus",
        "left_out": "Tidak dilatih karena jalur sebelumnya gagal",
        "how": (
            "Setiap jalur diputus dengan sengaja seperti ketika ISP mati di belakang modem: sambungan ke modem tetap"
            " ada, tetapi tidak ada jawaban dari internet. Router mengirim ping beberapa kali per detik lewat jalan"
            " yang dipakai koneksi baru."
        ),
        "told": "Pesan Telegram tentang jalur ini selama latihan adalah bagian dari latihan.",
        "not_told": "Tidak ada pesan Telegram tentang latihan ini.",
    },
    "en": {
        "title": "Failover rehearsal",
        "branch": "Branch",
        "good": "Every line that was rehearsed was replaced by another, and is used again.",
        "bad": "A LINE WAS NOT REPLACED, or is not used again.",
        "verdict_good": "Replaced by {carrier}, {seconds} seconds without internet",
        "verdict_slow": "Replaced by {carrier}, but {seconds} seconds without internet: longer than the limit",
        "verdict_bad": "NOT replaced by another line",
        "verdict_gone": "Replaced by {carrier}, but not used again when it was back",
        "noticed": "Failure noticed after",
        "without": "Without internet",
        "limit": "Limit",
        "lost": "Pings lost while it was out",
        "lost_at_return": "Pings lost after its return",
        "used_again": "Used again after its return",
        "carried_by": "Replaced by",
        "connections": "Connections by line: before / meanwhile / after",
        "never": "never",
        "seconds": "seconds",
        "of": "of",
        "pings": "Pings: green answered, red lost",
        "carrier": "New connections go by",
        "gate": "May be used:",
        "out": "taken out",
        "back": "put back",
        "axis": "seconds since the line was taken out",
        "left_out": "Not rehearsed, because the line before it failed",
        "how": (
            "Each line was taken out on purpose, as an ISP dies behind its modem: the modem stays, but no answer comes"
            " from the internet. The router pinged several times a second by the way that new connections take."
        ),
        "told": "Telegram messages about these lines during the rehearsal are part of it.",
        "not_told": "No Telegram message told of this rehearsal.",
    },
}


def verdict(item: Rehearsal, labels: Mapping[str, str], language: str) -> str:
    words = WORDS[language]
    if not item.failed_over:
        return words["verdict_bad"]
    carrier = labels.get(item.carrier or "", item.carrier or "")
    key = "verdict_gone" if not item.came_back else "verdict_good" if item.in_time else "verdict_slow"
    return words[key].format(carrier=carrier, seconds=number(item.without_s, language))


def figures(item: Rehearsal, labels: Mapping[str, str], language: str) -> list[tuple[str, str]]:
    """Name and text of each figure."""
    words = WORDS[language]

    def length(value: float | None) -> str:
        return words["never"] if value is None else f"{number(value, language)} {words['seconds']}"

    found = [
        (words["without"], length(item.without_s)),
        (words["limit"], length(item.limit_s)),
        (words["noticed"], length(item.noticed_s)),
        (words["lost"], f"{item.lost} {words['of']} {item.pings}"),
        (words["carried_by"], labels.get(item.carrier or "", words["never"]) if item.failed_over else words["never"]),
        (words["used_again"], length(item.used_again_s)),
        (words["lost_at_return"], str(item.lost_at_return)),
    ]
    counts = item.connections
    if all(counts.get(moment) for moment in ("before", "out", "after")):
        text = ", ".join(
            f"{labels[name]} {counts['before'][name]} / {counts['out'][name]} / {counts['after'][name]}"
            for name in counts["before"]
        )
        found.append((words["connections"], text))
    return found


def number(value: float | None, language: str) -> str:
    """One decimal; Indonesians write a comma."""
    text = "-" if value is None else f"{value:.1f}"
    return text.replace(".", ",") if language == "id" else text
