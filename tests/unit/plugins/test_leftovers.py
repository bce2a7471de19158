# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What scripts left goes with their role; what only looks like it stays."""

from __future__ import annotations

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils import leftovers, names
from ansible_collections.multiwan.routeros.plugins.module_utils.authorities import GO_DADDY_G2
from ansible_collections.multiwan.routeros.plugins.module_utils.diff import Found
from ansible_collections.multiwan.routeros.plugins.module_utils.router_api import RouterError

from tests.unit.plugins.memory_api import MemoryApi

FILE = f"{GO_DADDY_G2[0].file}.txt"
OWN = {name for key, name in vars(names).items() if key.endswith("_LIST")}
OWN -= {names.WAN_LIST, names.LAN_LIST, names.BYPASS_LIST}
OWN -= {names.PUBLIC_LIST, names.ISOLATED_LIST, names.INSIDE_LIST}


def router() -> MemoryApi:
    lists = [Found(f"*{n}", {"list": name, "dynamic": "true"}) for n, name in enumerate(sorted(OWN), start=1)]
    return MemoryApi(
        {
            leftovers.LIST: [
                *lists,
                Found("*80", {"list": names.STATE_LIST, "dynamic": "false", "comment": "somebody's"}),
                Found("*81", {"list": "banned", "dynamic": "true"}),
                Found("*82", {"list": names.BYPASS_LIST, "dynamic": "true"}),
            ],
            leftovers.CERTIFICATE: [
                Found("*1", {"name": f"{FILE}_0"}),
                Found("*2", {"name": "api"}),
                Found("*3", {"name": "mw-ca-mine"}),
            ],
            leftovers.FILE: [
                Found("*1", {"name": FILE}),
                Found("*2", {"name": f"flash/{FILE}"}),
                Found("*3", {"name": "mw-ca.backup"}),
            ],
        }
    )


def test_every_list_certificate_and_file_of_the_scripts_goes_and_no_other() -> None:
    api = router()
    assert leftovers.remove_leftovers(api) == len(OWN) + 3
    assert {row.id for row in api.menus[leftovers.LIST]} == {"*80", "*81", "*82"}
    assert {row.id for row in api.menus[leftovers.CERTIFICATE]} == {"*2", "*3"}
    assert {row.id for row in api.menus[leftovers.FILE]} == {"*3"}
    assert leftovers.remove_leftovers(api) == 0


def test_what_belongs_to_a_role_that_stays_is_left() -> None:
    api = router()
    leftovers.remove_leftovers(api, {"notify", "failover"})
    left = {row.values["list"] for row in api.menus[leftovers.LIST]}
    assert {names.OUTBOX_LIST, names.STATE_LIST} <= left
    assert names.ROGUE_LIST not in left
    assert len(api.menus[leftovers.CERTIFICATE]) == 3
    assert len(api.menus[leftovers.FILE]) == 3


class Expiring(MemoryApi):
    """The row has gone by itself between the look and the removal."""

    words = "no such item (4)"

    def remove(self, menu: str, row_id: str) -> None:
        raise RouterError(f"{menu}/remove: the router says: {self.words}", trap=self.words)


def test_what_went_by_itself_is_no_error_and_a_refusal_is() -> None:
    api = Expiring({leftovers.LIST: [Found("*1", {"list": names.LOCK_LIST, "dynamic": "true"})]})
    assert leftovers.remove_leftovers(api) == 1
    api.words = "not enough permissions (9)"
    with pytest.raises(RouterError, match="permissions"):
        leftovers.remove_leftovers(api)
