"""What a request must be before anything is done with it: its host, its size, its time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from contextlib import suppress

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from goodsight.service.problems import Problem, ProblemResponse

__all__ = ["BodyLimits", "HeadAsGet", "HostGuard", "SlowBodyGuard"]

PASS_OVER_BYTES = 64 << 20
PASS_OVER_SECONDS = 3.0


class HostGuard:
    """Refuses requests for a host name that is not ours.

    A page of some other site may let its name point to this machine (DNS rebinding); its
    requests then carry that name.
    """

    def __init__(self, app: ASGIApp, *, allowed: Collection[str]) -> None:
        self.app = app
        self._allowed = frozenset(name.lower() for name in allowed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request, as ASGI has it."""
        if scope["type"] == "http" and self._allowed:
            host = Headers(scope=scope).get("host", "")
            if _without_port(host).lower() not in self._allowed:
                problem = Problem("forbidden", "this service does not go by that host name")
                await _refuse(problem, scope, receive, send)
                return
        await self.app(scope, receive, send)


class BodyLimits:
    """Caps the bytes of a body, announced or chunked. `limit_of` gives the cap for a path."""

    def __init__(self, app: ASGIApp, *, limit_of: Callable[[str], int]) -> None:
        self.app = app
        self._limit_of = limit_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request, as ASGI has it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self._limit_of(scope["path"])
        problem = Problem("too-large", f"at most {limit:,} bytes are read here")
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and int(announced) > limit:
            await _pass_over(receive)
            await _refuse(problem, scope, receive, send)
            return
        taken = 0

        async def receive_within_limit() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                await _pass_over(receive)
                raise problem
            return message

        await self.app(scope, receive_within_limit, send)


class HeadAsGet:
    """Answers HEAD as GET is answered, without the body."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request, as ASGI has it."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def send_without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        # A copy: the server below knows by the method that no body follows the head.
        asked = {**scope, "method": "GET"}
        try:
            await self.app(asked, receive, send_without_body)
        finally:
            scope.update({name: asked[name] for name in ("route",) if name in asked})


class SlowBodyGuard:
    """Gives up on a body that does not come: no part of it for `seconds`."""

    def __init__(self, app: ASGIApp, *, seconds: float) -> None:
        self.app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request, as ASGI has it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        whole = False

        async def receive_in_time() -> Message:
            nonlocal whole
            if whole:
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), self._seconds)
            except TimeoutError:
                return {"type": "http.disconnect"}
            whole = message["type"] != "http.request" or not message.get("more_body", False)
            return message

        await self.app(scope, receive_in_time, send)


async def _pass_over(receive: Receive) -> None:
    """Read on for a moment and keep nothing.

    A client that is cut off in the middle of sending never reads why.
    """
    passed = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(PASS_OVER_SECONDS):
            while passed < PASS_OVER_BYTES:
                message = await receive()
                passed += len(message.get("body", b""))
                if not message.get("more_body", False):
                    return


async def _refuse(problem: Problem, scope: Scope, receive: Receive, send: Send) -> None:
    response = ProblemResponse(problem, str(scope.get("goodsight.request_id", "")))
    # What is still being sent is not read: the connection ends with the answer.
    response.headers["Connection"] = "close"
    await response(scope, receive, send)


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]
