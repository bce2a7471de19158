# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
#| version: 7.22
#| about: dynamic DNS by JSON: serialize the body, deserialize an answer
#| output: {"content":"203.0.113.9","name":"vpn.example.com","proxied":false,"ttl":60,"type":"A"}
#| output: id abc123, ok true
#| output: first error: none
{
    :local ip "203.0.113.9"
    :local body {"type"="A"; "name"="vpn.example.com"; "content"=$ip; "ttl"=60; "proxied"=false}
    :put [:serialize to=json value=$body]
    :local answer [:deserialize from=json value="{\"success\":true,\"errors\":[],\"result\":{\"id\":\"abc123\",\"ttl\":60}}"]
    :put ("id " . ($answer->"result"->"id") . ", ok " . ($answer->"success"))
    :local first ($answer->"errors"->0)
    :if ([:typeof $first] = "nothing" or [:typeof $first] = "nil") do={ :set first "none" }
    :put "first error: $first"
}
