# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for the HTTP API of AWX: objects with names, in memory, as far as awx.awx 24.6.1 needs it.

Unknown collections, references to what does not exist and names that are there already are refused with 400 or 404.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlparse

TOKEN = "token-of-the-fake"
#: Collection to the type that its objects say they are.
TYPES = {
    "organizations": "organization",
    "execution_environments": "execution_environment",
    "credential_types": "credential_type",
    "credentials": "credential",
    "projects": "project",
    "inventories": "inventory",
    "inventory_sources": "inventory_source",
    "job_templates": "job_template",
    "workflow_job_templates": "workflow_job_template",
    "workflow_job_template_nodes": "workflow_job_template_node",
    "workflow_approval_templates": "workflow_approval_template",
    "schedules": "schedule",
    "notification_templates": "notification_template",
    "labels": "label",
    "instance_groups": "instance_group",
}
#: What `unified_job_templates` lists.
UNIFIED = ("projects", "inventory_sources", "job_templates", "workflow_job_templates")
#: Field to the collection that its number is looked up in.
REFERENCES = {
    "organization": "organizations",
    "project": "projects",
    "source_project": "projects",
    "inventory": "inventories",
    "credential_type": "credential_types",
    "execution_environment": "execution_environments",
    "default_environment": "execution_environments",
    "workflow_job_template": "workflow_job_templates",
}
#: Made by AWX itself at its first start, or by its people before.
THERE = (
    (
        "credential_types",
        {"name": "Vault", "kind": "vault", "inputs": {"fields": [{"id": "vault_password", "secret": True}]}},
    ),
    ("credentials", {"name": "Ansible Galaxy", "inputs": {}}),
    ("notification_templates", {"name": "Mail to the night watch"}),
)


class Refused(Exception):
    """``args``: HTTP status and body."""


@dataclass
class State:
    """``objects``: collection -> id -> object. ``linked``: (collection, id, association) -> ids."""

    objects: dict[str, dict[int, dict[str, Any]]] = field(default_factory=lambda: {name: {} for name in TYPES})
    linked: dict[tuple[str, int, str], list[int]] = field(default_factory=dict)
    surveys: dict[int, Any] = field(default_factory=dict)
    writes: list[str] = field(default_factory=list)
    _next: int = 1

    def __post_init__(self) -> None:
        for collection, body in THERE:
            self.create(collection, body)
        self.writes.clear()

    def names(self, collection: str) -> list[str]:
        return [str(one["name"]) for one in self.objects[collection].values()]

    def of(self, collection: str, name: str) -> dict[str, Any]:
        return next(one for one in self.objects[collection].values() if one["name"] == name)

    def links(self, collection: str, name: str, association: str) -> list[str]:
        """Names of what an object is linked with."""
        ids = self.linked.get((collection, self.of(collection, name)["id"], association), [])
        return [str(self.objects[association_of(association)][number]["name"]) for number in ids]

    def create(self, collection: str, body: Mapping[str, Any]) -> dict[str, Any]:
        key = "identifier" if collection == "workflow_job_template_nodes" else "name"
        same = {"workflow_job_template", key} if key == "identifier" else {key}
        for one in self.objects[collection].values():
            if all(one.get(name) == body.get(name) for name in same):
                raise Refused(400, {"__all__": [f"{collection}: {body.get(key)} is there already"]})
        self._check(body)
        number, self._next = self._next, self._next + 1
        url = f"/api/v2/{collection}/{number}/"
        related = {"survey_spec": f"{url}survey_spec/"} if "job_template" in collection else {}
        made = {"id": number, "type": TYPES[collection], "url": url, "related": related, "summary_fields": {}}
        made |= {"scm_revision": ""} if collection == "projects" else {}
        self.objects[collection][number] = made | dict(body)
        self.writes.append(f"POST {collection} {body.get(key)}")
        return self.objects[collection][number]

    def _check(self, body: Mapping[str, Any]) -> None:
        for name, collection in REFERENCES.items():
            if body.get(name) is not None and int(body[name]) not in self.objects[collection]:
                raise Refused(400, {name: [f"no {collection} {body[name]}"]})

    def shown(self, collection: str, one: Mapping[str, Any]) -> dict[str, Any]:
        """Secrets are never given back."""
        if collection != "credentials" or not one.get("credential_type"):
            return dict(one)
        kind = self.objects["credential_types"][one["credential_type"]]
        secret = {entry["id"] for entry in kind["inputs"]["fields"] if entry.get("secret")}
        inputs = {name: "$encrypted$" if name in secret else value for name, value in one["inputs"].items()}
        return {**one, "inputs": inputs}

    def answer(self, method: str, path: str, query: Mapping[str, str], body: Any) -> tuple[int, Any]:
        """Status and body of one request. Raises :class:`Refused`."""
        parts = path.removeprefix("/api/v2/").strip("/").split("/")
        if parts == ["unified_job_templates"]:
            found = [one for name in UNIFIED for one in self.objects[name].values() if matches(one, query)]
            return 200, {"count": len(found), "results": found, "next": None}
        collection = parts[0]
        if collection not in TYPES:
            raise Refused(404, {"detail": f"no collection {collection}"})
        if len(parts) == 1:
            if method == "POST":
                return 201, self.create(collection, body)
            known = [self.shown(collection, one) for one in self.objects[collection].values() if matches(one, query)]
            return 200, {"count": len(known), "results": known, "next": None}
        number = int(parts[1])
        if number not in self.objects[collection]:
            raise Refused(404, {"detail": f"no {collection} {number}"})
        if len(parts) == 2:
            return 200, self.shown(collection, self._one(method, collection, number, body))
        return self._below(method, collection, number, parts[2], body)

    def _one(self, method: str, collection: str, number: int, body: Any) -> dict[str, Any]:
        one = self.objects[collection][number]
        if method == "PATCH":
            self._check(body)
            known = {
                name: value
                for name, value in body.items()
                if collection != "workflow_approval_templates" or name in one
            }
            self.writes += [f"PATCH {collection} {one.get('name')}"] if known != {n: one.get(n) for n in known} else []
            one.update(known)
        return one

    def _below(self, method: str, collection: str, number: int, what: str, body: Any) -> tuple[int, Any]:
        if what == "survey_spec":
            if method == "POST":
                self.surveys[number] = body
                self.writes.append(f"POST survey {number}")
            return 200, self.surveys.get(number, {})
        if what == "create_approval_template":
            fields = {name: body.get(name, "") for name in ("name", "description", "timeout")}
            made = self.create("workflow_approval_templates", fields)
            self.objects[collection][number]["related"]["unified_job_template"] = made["url"]
            return 201, made
        linked = self.linked.setdefault((collection, number, what), [])
        target = association_of(what)
        if method == "POST":
            if body["id"] not in self.objects[target]:
                raise Refused(400, {"detail": f"no {target} {body['id']}"})
            (linked.remove if body.get("disassociate") else linked.append)(body["id"])
            self.writes.append(f"POST {collection} {number} {what}")
            return 204, None
        return 200, {"count": len(linked), "results": [self.objects[target][one] for one in linked], "next": None}


def association_of(name: str) -> str:
    """The collection that an association lists."""
    if name.endswith("_nodes"):
        return "workflow_job_template_nodes"
    if name.startswith("notification_templates"):
        return "notification_templates"
    collection = {"galaxy_credentials": "credentials"}.get(name, name)
    if collection not in TYPES:
        raise Refused(404, {"detail": f"no association {name}"})
    return collection


def matches(one: Mapping[str, Any], query: Mapping[str, str]) -> bool:
    return all(str(one.get(name)) == value for name, value in query.items())


@contextmanager
def serve() -> Iterator[tuple[str, State]]:
    """URL and what it holds, on the loopback."""
    state = State()

    class Handler(BaseHTTPRequestHandler):
        # head and body in one packet: else each answer waits for a delayed acknowledgement, 40 ms
        wbufsize = 1 << 16

        def _do(self) -> None:
            url = urlparse(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or "{}")
            if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                status, answer = 401, {"detail": "who are you?"}
            else:
                try:
                    status, answer = state.answer(self.command, url.path, dict(parse_qsl(url.query)), body)
                except Refused as refused:
                    status, answer = refused.args
            text = b"" if answer is None else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.send_header("X-API-Product-Name", "AWX")
            self.send_header("X-API-Product-Version", "24.6.1")
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PATCH = do_DELETE = _do  # names of http.server

        def log_message(self, *_: Any) -> None:
            """Nothing is logged."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
