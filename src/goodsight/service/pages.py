"""The files of the web page: the page itself, the owner's page, scripts, styles, icons.

They lie in the package. Each has an ETag made of its content, so that a browser asks again
and is told quickly that nothing has changed.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable

from starlette.requests import Request
from starlette.responses import Response

from goodsight.service.headers import PAGE_POLICY
from goodsight.service.problems import Problem

__all__ = ["Pages", "StaticFile"]

_KINDS = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}
# Where a page's address is not its file's name.
_NAMES = {"/": "index.html", "/owner": "owner.html"}
# A worker is bound by the policy of its own script, not by that of the page.
_WORKER = "/service-worker.js"


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file as it is sent; `packed` is the same with gzip."""

    content: bytes
    packed: bytes
    kind: str
    etag: str


class Pages:
    """All files, read once."""

    def __init__(self) -> None:
        root = resources.files("goodsight.service") / "static"
        self._files = dict(_read(root, ""))

    def answer(self, request: Request, path: str) -> Response:
        """The file at a path. Raises Problem where there is none."""
        file = self._files.get(_NAMES.get(path, path.removeprefix("/")))
        if file is None:
            raise Problem("not-found", "there is nothing at this path")
        headers = {
            "ETag": file.etag,
            "Cache-Control": "no-cache",
            "Vary": "Accept-Encoding",
        }
        if file.kind.startswith("text/html") or path == _WORKER:
            # Also of a 304: its headers replace those the browser has kept. What these load
            # gets the shorter, stricter policy of everything else: 180 bytes, 70 times.
            headers["Content-Security-Policy"] = PAGE_POLICY
        if path in ("/embed.js",):
            headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        if file.etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return Response(file.packed, media_type=file.kind, headers=headers)
        return Response(file.content, media_type=file.kind, headers=headers)

    @property
    def files(self) -> Mapping[str, StaticFile]:
        """Path below the root -> file."""
        return self._files


def _read(folder: Traversable, prefix: str) -> list[tuple[str, StaticFile]]:
    found = []
    for entry in folder.iterdir():
        name = prefix + entry.name
        if entry.is_dir():
            found += _read(entry, name + "/")
            continue
        kind = _KINDS.get("." + entry.name.rpartition(".")[2])
        if kind is not None:
            content = entry.read_bytes()
            etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
            packed = gzip.compress(content, mtime=0)
            found.append((name, StaticFile(content, packed, kind, etag)))
    return found
