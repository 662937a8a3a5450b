"""A hub on loopback: the paths that fetching a model asks for, and their mishaps."""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Repository:
    """What is published, by path; `card` is what its README's head says."""

    files: dict[str, bytes]
    card: dict[str, object] = field(default_factory=lambda: {"license": "apache-2.0"})
    # Replaces the files' own contents where the hub is to send something else.
    sent: dict[str, bytes] = field(default_factory=dict)

    def siblings(self) -> list[dict[str, object]]:
        return [_sibling(name, content) for name, content in self.files.items()]


def _sibling(name: str, content: bytes) -> dict[str, object]:
    blob = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
    described: dict[str, object] = {"rfilename": name, "size": len(content), "blobId": blob}
    if name.endswith((".onnx", "tokenizer.json")):
        digest = hashlib.sha256(content).hexdigest()
        described["lfs"] = {"sha256": digest, "size": len(content), "pointerSize": 134}
    return described


class HubServer:
    """Serves repositories; `asked` notes each request's path and Range."""

    def __init__(self) -> None:
        self.repositories: dict[str, Repository] = {}
        self.asked: list[tuple[str, str | None]] = []
        # How many bytes of a file are sent before the line breaks, for each attempt to come.
        self.breaks: list[int] = []
        self.statuses: list[int] = []
        self.refusal: tuple[int, str] | None = None
        self.knows_ranges = True
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                hub._answer(self)

            def log_message(self, *_: object) -> None:
                """Quietly."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def files_asked(self) -> list[str]:
        return [path.rpartition(COMMIT + "/")[2] for path, _ in self.asked if "/resolve/" in path]

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        path = unquote(urlsplit(request.path).path)
        self.asked.append((path, request.headers.get("Range")))
        if self.refusal is not None:
            self._send(request, self.refusal[0], b"{}", {"X-Error-Code": self.refusal[1]})
        elif path.startswith("/api/models/"):
            self._describe(request, path.removeprefix("/api/models/"))
        else:
            self._file(request, path.removeprefix("/"))

    def _describe(self, request: BaseHTTPRequestHandler, path: str) -> None:
        name, _, revision = path.partition("/revision/")
        repository = self.repositories.get(name)
        if repository is None:
            self._send(request, 404, b"{}", {"X-Error-Code": "RepoNotFound"})
        elif revision not in ("main", COMMIT):
            self._send(request, 404, b"{}", {"X-Error-Code": "RevisionNotFound"})
        else:
            document = {
                "id": name,
                "sha": COMMIT,
                "cardData": repository.card,
                "siblings": repository.siblings(),
            }
            self._send(request, 200, json.dumps(document).encode())

    def _file(self, request: BaseHTTPRequestHandler, path: str) -> None:
        name, _, rest = path.partition("/resolve/")
        if name not in self.repositories:
            self._send(request, 404, b"{}")
            return
        repository, file = self.repositories[name], rest.removeprefix(f"{COMMIT}/")
        content = repository.sent.get(file, repository.files[file])
        if self.statuses:
            self._send(request, self.statuses.pop(0), b"busy")
            return
        status, start, asked = 200, 0, request.headers.get("Range")
        if asked and self.knows_ranges:
            start = int(asked.removeprefix("bytes=").rstrip("-"))
            status = 206
        part = content[start:]
        request.send_response(status)
        request.send_header("Content-Length", str(len(part)))
        request.end_headers()
        if file.endswith(".onnx") and self.breaks:
            part = part[: self.breaks.pop(0)]
            request.close_connection = True
        request.wfile.write(part)

    @staticmethod
    def _send(
        request: BaseHTTPRequestHandler,
        status: int,
        body: bytes,
        headers: dict[str, str] | None = None,
    ) -> None:
        request.send_response(status)
        request.send_header("Content-Length", str(len(body)))
        request.send_header("Content-Type", "application/json")
        for name, value in (headers or {}).items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)
