"""A server on loopback that plays a language model; a test says what it answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def completion(content: object) -> bytes:
    """A chat-completions answer with that content."""
    return json.dumps({"choices": [{"message": {"content": content}}]}).encode()


def reading(*proposals: tuple[str, str]) -> bytes:
    """An answer that proposes these words as these filters."""
    read = [{"words": words, "filter": text} for words, text in proposals]
    return completion(json.dumps({"read": read}))


@dataclass
class ChatServer:
    """Answers with `body` and `status`, unless `behaviour` does; notes what it was asked."""

    url: str = ""
    body: bytes = reading()
    status: int = 200
    behaviour: Callable[[BaseHTTPRequestHandler], None] | None = None
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def chat_server() -> Iterator[ChatServer]:
    played = ChatServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            played.bodies.append(self.rfile.read(length))
            played.headers.append(dict(self.headers.items()))
            # Whoever has heard enough hangs up.
            with suppress(OSError):
                if played.behaviour is not None:
                    played.behaviour(self)
                    return
                self.send_response(played.status)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", str(len(played.body)))
                self.end_headers()
                self.wfile.write(played.body)

        def log_message(self, *_: object) -> None:
            """Tests print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    played.url = f"http://127.0.0.1:{server.server_port}/v1/chat/completions"
    thread = threading.Thread(target=server.serve_forever, args=[0.05])
    thread.start()
    try:
        yield played
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
