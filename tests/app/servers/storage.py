"""A model of the parts of Cloud Storage's JSON API that the app uses, over real HTTP for Google's own client.

Modelled from Google's pages, not measured: each call needs the permission that its page names; a session's URI
needs no token, is good once, and answers a page of the origin that started it; whether the object is there already
is looked at when the bytes come. That a session refuses other sizes is no page's claim: see `sizes_matter`.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import google_crc32c

from tests.app.patience import FOR_EVER_S
from tests.http_server import Handler, Server
from tests.http_server import running as serving

CREATE, GET = "storage.objects.create", "storage.objects.get"
BUCKET = "recordings"


@dataclass
class Storage:
    """The server: what it holds, what it was asked, and how it misbehaves."""

    address: str = ""
    permissions: set[str] = field(default_factory=lambda: {CREATE, GET})
    objects: dict[str, tuple[dict[str, Any], bytes]] = field(default_factory=dict)
    sessions: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    sizes_matter: bool = True
    refusals: list[int] = field(default_factory=list)
    """Statuses of the next answers, whatever is asked."""
    corrupt: bool = False
    slow: bool = False
    released: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)


@contextmanager
def running() -> Iterator[Storage]:
    """A server on loopback; STORAGE_EMULATOR_HOST is its `address`."""
    storage = Storage()

    class Holding(_Handler):
        held = storage

    with serving(Server(Holding)) as server:
        storage.address = f"http://{server.address}"
        try:
            yield storage
        finally:
            storage.released.set()


class _Handler(Handler):
    held: Storage
    protocol_version = "HTTP/1.1"

    def respond(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        self.held.asked.append(f"{self.command} {path}")
        if self.held.slow:
            self.held.released.wait(FOR_EVER_S)
        if self.held.refusals:
            self._answer(self.held.refusals.pop(0), {})
        elif path == f"/storage/v1/b/{BUCKET}/iam/testPermissions":
            held = [one for one in query["permissions"] if one in self.held.permissions]
            self._answer(200, {"permissions": held} if held else {})
        elif path == f"/upload/storage/v1/b/{BUCKET}/o" and "session" in query:
            with self.held.lock:
                self._session(query["session"][0], body)
        elif path == f"/upload/storage/v1/b/{BUCKET}/o" and self.command == "POST":
            self._start(query, json.loads(body))
        elif path.startswith((f"/storage/v1/b/{BUCKET}/o/", f"/download/storage/v1/b/{BUCKET}/o/")):
            self._read(unquote(path.rpartition("/")[2]), media=query.get("alt") == ["media"])
        else:
            self._answer(404, {})

    def _start(self, query: dict[str, list[str]], resource: dict[str, Any]) -> None:
        if CREATE not in self.held.permissions:
            self._answer(403, {})
            return
        key = f"s{len(self.held.sessions)}"
        self.held.sessions[key] = {
            "resource": resource,
            "type": self.headers["X-Upload-Content-Type"],
            "size": int(self.headers["X-Upload-Content-Length"]),
            "origin": self.headers.get("Origin"),
            "absent": query.get("ifGenerationMatch") == ["0"],
        }
        location = f"{self.held.address}/upload/storage/v1/b/{BUCKET}/o?uploadType=resumable&session={key}"
        self._answer(200, {}, Location=location)

    def _session(self, key: str, body: bytes) -> None:
        session = self.held.sessions.get(key)
        allowed = {"Access-Control-Allow-Origin": session["origin"] or ""} if session else {}
        if session is None:
            self._answer(410, {})
        elif self.command == "OPTIONS":
            self._answer(200, {}, **allowed)
        elif self.held.sizes_matter and len(body) != session["size"]:
            self._answer(400, {}, **allowed)
        elif session["absent"] and session["resource"]["name"] in self.held.objects:
            self._answer(412, {}, **allowed)
        else:
            del self.held.sessions[key]
            self.held.sessions[f"{key} done"] = session
            resource = session["resource"] | {
                "bucket": BUCKET,
                "contentType": session["type"],
                "generation": str(len(self.held.objects) + 1),
                "size": str(len(body)),
            }
            self.held.objects[resource["name"]] = resource, body
            self._answer(200, resource, **allowed)

    def _read(self, name: str, *, media: bool) -> None:
        if GET not in self.held.permissions:
            self._answer(403, {})
        elif name not in self.held.objects:
            self._answer(404, {})
        elif media:
            resource, data = self.held.objects[name]
            digest = base64.b64encode(google_crc32c.value(data).to_bytes(4, "big")).decode()
            data = data[:-1] + b"!" if self.held.corrupt else data
            self._answer(200, data, **{"Content-Type": resource["contentType"], "X-Goog-Hash": f"crc32c={digest}"})
        else:
            self._answer(200, self.held.objects[name][0])

    def _answer(self, status: int, body: object, **headers: str) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send(status, {"Content-Type": "application/json"} | headers, data)
