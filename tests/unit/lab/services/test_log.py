# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from tests.unit.lab.services.rig import ADMIN, NOON, Rig


async def test_lines_of_scripts_and_of_the_api_carry_the_topic_script() -> None:
    rig = Rig()
    await rig.services.interpreter.run(':log warning "a"; /log info message=b', caller=ADMIN)
    await rig.call("/log", "error", message="c")
    assert rig.messages == [("script,warning", "a"), ("script,info", "b"), ("script,error", "c")]


async def test_a_thousand_lines_are_kept() -> None:
    rig = Rig()
    for number in range(1005):
        rig.services.log.write("system,info", str(number))
    rows = await rig.rows("/log")
    assert (len(rows), rows[0]["message"], rows[-1]["message"]) == (1000, "5", "1004")


async def test_times_are_iso_from_7_10() -> None:
    for version, shown in (("7.22", "2027-01-01 12:00:00"), ("7.10", "2027-01-01 12:00:00"), ("7.9", "12:00:00")):
        rig = Rig(version)
        rig.services.log.write("system,info", "x")
        assert (await rig.rows("/log"))[0]["time"] == shown


async def test_before_7_10_a_line_of_another_day_shows_month_and_day() -> None:
    rig = Rig("7.9")
    rig.services.log.write("system,info", "x")
    rig.now = NOON + 86_400
    assert (await rig.rows("/log"))[0]["time"] == "jan/01 12:00:00"
