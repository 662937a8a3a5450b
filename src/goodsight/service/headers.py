"""Security headers of every response, and the stricter ones of pages.

The policy allows what the page is made of and nothing else: no inline script or style, no
other origin. See OWASP ASVS 5.0, 3.4.
"""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["PAGE_POLICY", "SecurityHeaders"]

PAGE_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)
API_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
ONE_YEAR_SECONDS = 365 * 24 * 3600

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class SecurityHeaders:
    """Adds them to each response that has not set its own.

    With `cross_origin` shops on other origins may show our pictures; with `over_tls`
    browsers are told to stay with it.
    """

    def __init__(self, app: ASGIApp, *, cross_origin: bool, over_tls: bool) -> None:
        self.app = app
        self._resource_policy = "cross-origin" if cross_origin else "same-origin"
        self._over_tls = over_tls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request, as ASGI has it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(MutableHeaders(scope=message))
            await send(message)

        await self.app(scope, receive, send_with_headers)

    def _add(self, headers: MutableHeaders) -> None:
        for name, value in _ALWAYS.items():
            headers.setdefault(name, value)
        headers.setdefault("Cross-Origin-Resource-Policy", self._resource_policy)
        headers.setdefault("Content-Security-Policy", API_POLICY)
        headers.setdefault("Cache-Control", "no-store")
        if self._over_tls:
            headers.setdefault(
                "Strict-Transport-Security", f"max-age={ONE_YEAR_SECONDS}; includeSubDomains"
            )
