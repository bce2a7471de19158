# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""netmiko (device_type mikrotik_routeros), and what ntc-templates make of the texts that it brings home."""

import textfsm
from netmiko import ConnectHandler
from netmiko.exceptions import NetmikoAuthenticationException
from ntc_templates.parse import parse_output
from way import refused, tell, way

to = way()
device = {
    **{"device_type": "mikrotik_routeros", "host": to["host"], "port": to["ssh_port"], "username": to["user"]},
    # a router on a busy machine is slow: that is not what is asked here
    **dict.fromkeys(("conn_timeout", "auth_timeout", "banner_timeout", "read_timeout_override"), 120.0),
}


def parsed(command, text):
    try:
        return parse_output(platform="mikrotik_routeros", command=command.lstrip("/"), data=text)
    except (textfsm.TextFSMError, Exception) as error:  # ntc-templates wrap what goes wrong in a bare Exception
        return {"unreadable": str(error)}


with ConnectHandler(**device, password=to["password"]) as connection:
    seen = {"prompt": connection.find_prompt(), "alive": connection.is_alive(), "texts": {}, "parsed": {}}
    for command in to.get("commands", ()):
        seen["texts"][command] = connection.send_command(command)
        seen["parsed"][command] = parsed(command, seen["texts"][command])
    if to.get("write"):
        lines = [
            '/ip firewall address-list add list=netmiko address=10.5.0.1 comment="dari netmiko"',
            "/ip firewall address-list",
            "add list=netmiko address=10.5.0.2",
            "/",
        ]
        seen["configured"] = connection.send_config_set(lines)
        asked = "/ip firewall address-list print terse where list=netmiko"
        seen["timing"] = connection.send_command_timing(asked, last_read=5.0)  # all that comes until so long a silence
        seen["removed"] = connection.send_command("/ip firewall address-list remove [find list=netmiko]")
        seen["bad"] = [
            connection.send_command(line)
            for line in ("/bogus", "/ip address add address=10.0.0.1/24", "/ip route print where")
        ]
        seen["long"] = connection.send_command("/export verbose")
        seen["prompt after"] = connection.find_prompt()
if to.get("write"):
    seen["login"] = refused(lambda: ConnectHandler(**device, password="wrong"), NetmikoAuthenticationException)
tell(seen)
