"""Signing in with a key: an owner's session in a cookie that scripts cannot read."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from goodsight.core.access import SESSION_LIFETIME, OwnerSession
from goodsight.service.access import SESSION_COOKIE, address_of, check_own_page
from goodsight.service.problems import Problem
from goodsight.service.schemas import SessionAnswer, SessionInput, problems
from goodsight.service.state import State

__all__ = ["router"]

router = APIRouter(tags=["session"])

LOGINS_PER_MINUTE = 10


@router.post(
    "/v1/session",
    operation_id="sign_in",
    summary="Sign in with a key",
    response_model=SessionAnswer,
    responses=problems(401, 403, 413, 422, 429, 503),
)
async def sign_in(given: SessionInput, request: Request, state: State) -> Response:
    """Sets a cookie; requests that change something also carry the answer's `csrf_token`."""
    address = address_of(request)
    check_own_page(request)
    state.rates.check("login", address, LOGINS_PER_MINUTE)
    store = state.wiring.store()
    key = await run_in_threadpool(store.keys.verify, given.key)
    if key is None:
        await run_in_threadpool(lambda: store.audit.write(address, "sign-in refused", "session"))
        raise Problem("unauthorized", "the key is unknown, expired or revoked")

    def work() -> dict[str, Any]:
        session = store.sessions.begin(key)
        store.audit.write(f"{key.name} ({key.id})", "sign in", "session", {"address": address})
        return {
            "token": session.token,
            "role": key.role,
            "name": key.name,
            "csrf_token": session.csrf_token,
            "expires_at": session.expires_at.isoformat(),
        }

    document = await run_in_threadpool(work)
    response = JSONResponse({name: value for name, value in document.items() if name != "token"})
    response.set_cookie(
        SESSION_COOKIE,
        document["token"],
        max_age=int(SESSION_LIFETIME.total_seconds()),
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
    return response


@router.get(
    "/v1/session",
    operation_id="session",
    summary="The session of this browser",
    response_model=SessionAnswer,
    responses=problems(401, 503),
)
async def session(request: Request, state: State) -> Response:
    """Its role and the token that its requests carry."""
    found = await _session(request, state)
    return JSONResponse(
        {
            "role": found.key.role,
            "name": found.key.name,
            "csrf_token": found.csrf_token,
            "expires_at": found.expires_at.isoformat(),
        }
    )


@router.delete(
    "/v1/session",
    operation_id="sign_out",
    summary="Sign out",
    status_code=204,
    responses=problems(403, 503),
)
async def sign_out(request: Request, state: State) -> Response:
    """Ends the session here and in the store."""
    check_own_page(request)
    token = request.cookies.get(SESSION_COOKIE)
    if token is not None:
        await run_in_threadpool(state.wiring.store().sessions.end, token)
    response = Response(status_code=204)
    response.delete_cookie(SESSION_COOKIE, path="/", httponly=True, samesite="strict")
    return response


async def _session(request: Request, state: State) -> OwnerSession:
    token = request.cookies.get(SESSION_COOKIE)
    found = None
    if token is not None:
        found = await run_in_threadpool(state.wiring.store().sessions.find, token)
    if found is None:
        raise Problem("unauthorized", "sign in first")
    return found
