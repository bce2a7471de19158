# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""scrapli with scrapli-community's mikrotik_routeros, by paramiko."""

from scrapli import Scrapli
from scrapli.exceptions import ScrapliException
from way import refused, tell, way

to = way()
device = {
    "platform": "mikrotik_routeros",
    "host": to["host"],
    "port": to["ssh_port"],
    "auth_username": to["user"],
    "auth_strict_key": False,
    "transport": "paramiko",
    "timeout_socket": 120,
    "timeout_transport": 120,
    "timeout_ops": 120,
}


def wrong():
    with Scrapli(**device, auth_password="wrong"):
        pass


with Scrapli(**device, auth_password=to["password"]) as connection:
    seen = {"prompt": connection.get_prompt()}
    for command in to["commands"]:
        answer = connection.send_command(command)
        seen[command] = {"text": answer.result, "failed": answer.failed}
    answer = connection.send_command("ip address print")
    answer.textfsm_platform = "mikrotik_routeros"  # scrapli-community's driver does not say it
    seen["parsed"] = answer.textfsm_parse_output()
    seen["refused"] = connection.send_command("/bogus", failed_when_contains="bad command name").failed
    seen["alive"] = connection.isalive()
# scrapli adds the terminal suffix to the very dictionary that it was given, so each connection needs its own
device["auth_username"] = to["user"]
seen["login"] = refused(wrong, ScrapliException)
tell(seen)
