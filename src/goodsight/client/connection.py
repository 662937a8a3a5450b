"""Requests that outlive a busy or restarting service, and problems turned into our errors."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import stamina

from goodsight.core.errors import MissingExtra, ServiceError

if TYPE_CHECKING:
    import httpx2

__all__ = ["Connection"]

WORTH_RETRYING = (429, 503)
MAX_WAIT_SECONDS = 30.0


class Connection:
    """One service. `attempts` counts all tries of a request that may be repeated.

    Raises MissingExtra where the extra `client` is not installed.
    """

    def __init__(self, base_url: str, key: str | None, timeout: float, attempts: int) -> None:
        try:
            import httpx2
        except ModuleNotFoundError as error:
            raise MissingExtra("the client", extra="client") from error
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._unreachable = httpx2.TransportError
        self._http = httpx2.Client(base_url=base_url, headers=headers, timeout=timeout)
        self._attempts = attempts

    def ask(self, method: str, path: str, **options: Any) -> httpx2.Response:
        """Send a request and again where it was not heard. Raises ServiceError.

        All our requests may be repeated: putting and removing twice is as good as once.
        """
        for attempt in stamina.retry_context(
            on=_wait_before_retry,
            attempts=self._attempts,
            timeout=None,
            wait_initial=timedelta(seconds=0.2),
            wait_max=timedelta(seconds=5),
        ):
            with attempt:
                return self._ask(method, path, options)
        raise AssertionError("stamina tries at least once")

    def close(self) -> None:
        """Give back connections."""
        self._http.close()

    def _ask(self, method: str, path: str, options: dict[str, Any]) -> httpx2.Response:
        try:
            response = self._http.request(method, path, **options)
        except self._unreachable as error:
            raise ServiceError(
                f"{self._http.base_url}: the service cannot be reached: {error}",
                kind="unreachable",
                status=None,
            ) from error
        if response.is_success:
            return response
        raise _error_of(response)


def _error_of(response: httpx2.Response) -> ServiceError:
    try:
        problem = response.json()
        kind, detail = str(problem["type"]).rpartition("/")[2], str(problem["detail"])
    except (ValueError, KeyError, TypeError):
        kind, detail = "unknown", f"an answer {response.status_code} that is no problem document"
    wait = response.headers.get("retry-after", "")
    return ServiceError(
        f"{response.request.url.path}: {detail}",
        kind=kind,
        status=response.status_code,
        retry_after=min(float(wait), MAX_WAIT_SECONDS) if wait.isdecimal() else None,
    )


def _wait_before_retry(error: Exception) -> bool | float:
    if not isinstance(error, ServiceError):
        return False
    if error.status is None:
        return True
    if error.status not in WORTH_RETRYING:
        return False
    return True if error.retry_after is None else error.retry_after
