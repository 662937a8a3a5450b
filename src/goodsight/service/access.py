"""Who asks, and whether they may: keys in a header, an owner's session in a cookie.

A dependency of each route says which role it needs. Without a key only searching is open, and
only where the service was told so: `needs(Role.SEARCH)`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from goodsight.core.access import ApiKey, Role
from goodsight.service.problems import Problem
from goodsight.service.state import ServiceState, State

__all__ = [
    "CSRF_HEADER",
    "SESSION_COOKIE",
    "Admin",
    "Caller",
    "Edits",
    "Searches",
    "address_of",
    "check_own_page",
]

SESSION_COOKIE = "goodsight_session"
CSRF_HEADER = "x-csrf-token"
KEY_HEADERS = ("x-api-key", "x-goog-api-key")
GOOGLE_PATH = "/compat/google/"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
# Of one address: enough for mistakes, too few for guessing.
WRONG_KEYS_PER_MINUTE = 20


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request: a key's holder, or someone without one at an address."""

    key: ApiKey | None
    address: str

    @property
    def name(self) -> str:
        """For the audit: the key by name and id."""
        return f"{self.key.name} ({self.key.id})" if self.key else self.address


def needs(role: Role) -> Callable[[Request, ServiceState], Awaitable[Caller]]:
    """A dependency that lets a request through whose sender has the role."""

    async def check(request: Request, state: State) -> Caller:
        address = address_of(request)
        key = await _key(request, state, address)
        if key is None and not (role is Role.SEARCH and state.open_search):
            raise Problem("unauthorized", "send a key: Authorization: Bearer KEY")
        if key is not None:
            _check_reach(key, role, request.path_params.get("collection"))
        caller = Caller(key, address)
        who = key.id if key else address
        state.rates.check("request", who, state.settings.requests_per_minute)
        return caller

    return check


def address_of(request: Request) -> str:
    """Where the request came from."""
    return request.client.host if request.client else "unknown"


def _check_reach(key: ApiKey, role: Role, collection: str | None) -> None:
    if not key.role.allows(role):
        raise Problem("forbidden", f"the key has the role '{key.role}'; this needs '{role}'")
    if collection is not None and not key.opens(collection):
        raise Problem("forbidden", "the key is not for this collection")
    if collection is None and key.collections is not None and role is not Role.SEARCH:
        raise Problem("forbidden", "the key is for single collections; this concerns all")


async def _key(request: Request, state: ServiceState, address: str) -> ApiKey | None:
    """The key of the header, else of the session's cookie; None where there is neither."""
    text = _sent_key(request)
    if text is not None:
        key = await run_in_threadpool(state.wiring.store().keys.verify, text)
        if key is None:
            state.rates.check("wrong key", address, WRONG_KEYS_PER_MINUTE)
            raise Problem("unauthorized", "the key is unknown, expired or revoked")
        return key
    token = request.cookies.get(SESSION_COOKIE)
    if token is None:
        return None
    session = await run_in_threadpool(state.wiring.store().sessions.find, token)
    if session is None:
        return None
    if request.method not in SAFE_METHODS:
        check_own_page(request)
        if not session.accepts(request.headers.get(CSRF_HEADER, "")):
            raise Problem("forbidden", f"the header {CSRF_HEADER} is missing or wrong")
    return session.key


def _sent_key(request: Request) -> str | None:
    authorization = request.headers.get("authorization")
    if authorization is not None:
        scheme, _, text = authorization.partition(" ")
        if scheme.lower() != "bearer" or not text.strip():
            raise Problem("unauthorized", "the header is: Authorization: Bearer KEY")
        return text.strip()
    for name in KEY_HEADERS:
        if name in request.headers:
            return request.headers[name]
    # Programs written for Google may carry it in the address; nothing here logs that part.
    if request.url.path.startswith(GOOGLE_PATH):
        return request.query_params.get("key")
    return None


def check_own_page(request: Request) -> None:
    """A browser says which page sends a request; only our own may use the cookie."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise Problem("forbidden", "sessions are for this service's own pages")


Searches = Annotated[Caller, Depends(needs(Role.SEARCH))]
Edits = Annotated[Caller, Depends(needs(Role.EDIT))]
Admin = Annotated[Caller, Depends(needs(Role.ADMIN))]
