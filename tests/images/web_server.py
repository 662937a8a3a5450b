"""A web server on loopback whose answers a test writes byte by byte."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress

Behaviour = Callable[[socket.socket, str], None]


class WebServer:
    """Answers each request with the behaviour put at its path; notes what was asked."""

    def __init__(self) -> None:
        self.behaviours: dict[str, Behaviour] = {}
        self.requests: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def put(self, path: str, body: bytes = b"", status: str = "200 OK", **headers: str) -> str:
        """Answer a path with a body; its URL."""
        lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *lines, "", ""])
        return self.behave(path, lambda client, _: client.sendall(head.encode() + body))

    def behave(self, path: str, behaviour: Behaviour) -> str:
        """Answer a path with a behaviour; its URL."""
        self.behaviours[path] = behaviour
        return self.url + path

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=[client], daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError), client:
            request = b""
            while b"\r\n\r\n" not in request:
                part = client.recv(4096)
                if not part:
                    return
                request += part
            text = request.decode("latin-1")
            self.requests.append(text)
            path = text.split(" ")[1]
            behaviour = self.behaviours.get(path)
            if behaviour is None:
                client.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            else:
                behaviour(client, text)


def dribble(data: bytes, seconds: float) -> Behaviour:
    """Sends one byte at a time with a pause between."""

    def behaviour(client: socket.socket, _: str) -> None:
        for position in range(len(data)):
            client.sendall(data[position : position + 1])
            time.sleep(seconds)

    return behaviour
