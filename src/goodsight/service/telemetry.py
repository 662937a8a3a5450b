"""What the service tells its owner: metrics, a log line for each request, traces.

Logs are JSON lines on stderr. FastAPI makes a span of each request, and each stage of a search
is a span within: they go where OpenTelemetry was told, and nowhere otherwise.
"""

from __future__ import annotations

import logging
import re
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import structlog
from opentelemetry import trace
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from goodsight import __version__
from goodsight.service.problems import ProblemResponse, problem_of

__all__ = ["Metrics", "RequestRecord", "configure_logging", "watch_stages"]

LATENCY_BUCKETS = (0.005, 0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.6, 1.2, 2.5, 5, 10, 30)
# What a caller may call its request: no line breaks into the log, no novel.
# The status that nginx made usual for it; only metrics and the log have it.
CLIENT_LEFT = 499
GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Metrics:
    """The service's numbers, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "goodsight_requests",
            "Requests answered",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.request_seconds = Histogram(
            "goodsight_request_seconds",
            "Time to the end of the answer",
            ["route"],
            buckets=LATENCY_BUCKETS,
            registry=self.registry,
        )
        self.stage_seconds = Histogram(
            "goodsight_stage_seconds",
            "Time of a stage of searching",
            ["stage"],
            buckets=LATENCY_BUCKETS,
            registry=self.registry,
        )
        self.photos_decoded = Counter(
            "goodsight_photos_decoded", "Photos sent and decoded", registry=self.registry
        )
        self.refusals = Counter(
            "goodsight_refusals", "Requests refused, by problem", ["kind"], registry=self.registry
        )
        self._gauges: list[Gauge] = []

    def watch_number(self, name: str, help_text: str, read: Callable[[], float]) -> None:
        """Show a number that is read when asked for."""
        gauge = Gauge(f"goodsight_{name}", help_text, registry=self.registry)
        gauge.set_function(read)
        self._gauges.append(gauge)

    def text(self) -> bytes:
        """All numbers in Prometheus's text format."""
        return generate_latest(self.registry)


def watch_stages(metrics: Metrics) -> Callable[[str], AbstractContextManager[None]]:
    """A watcher for `goodsight.core.searching`: a span and a time for each stage."""
    tracer = trace.get_tracer("goodsight", __version__)

    @contextmanager
    def stage(name: str) -> Iterator[None]:
        with tracer.start_as_current_span(name), metrics.stage_seconds.labels(name).time():
            yield

    return stage


class RequestRecord:
    """Outermost: gives each request its id, a log line and its place in the metrics.

    What no one else has turned into an answer becomes one here, without its cause.
    """

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self.app = app
        self._metrics = metrics
        self._log = structlog.get_logger("goodsight.service")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request, as ASGI has it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if GIVEN_ID.fullmatch(given) else uuid.uuid4().hex
        scope["goodsight.request_id"] = request_id
        started = time.perf_counter()
        status = 0

        async def send_noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            await send(message)

        try:
            await self.app(scope, receive, send_noted)
        except ClientDisconnect:
            # Whoever leaves before the end is no failure of ours, and is told nothing.
            status = status or CLIENT_LEFT
        except Exception as error:
            self._log.exception("request failed", request_id=request_id, path=scope["path"])
            if status:
                raise
            response = ProblemResponse(problem_of(error), request_id)
            await response(scope, receive, send_noted)
        finally:
            seconds = time.perf_counter() - started
            self._note(scope, status, seconds, request_id)

    def _note(self, scope: Scope, status: int, seconds: float, request_id: str) -> None:
        route = _route(scope)
        self._metrics.requests.labels(scope["method"], route, str(status)).inc()
        self._metrics.request_seconds.labels(route).observe(seconds)
        # The query string and headers stay out: they may hold what a person looked for.
        self._log.info(
            "request",
            request_id=request_id,
            method=scope["method"],
            path=scope["path"],
            status=status,
            milliseconds=round(seconds * 1000, 1),
            client=(scope.get("client") or ("",))[0],
        )


def _route(scope: Scope) -> str:
    """The route's pattern: a path of a request would make a time series of its own."""
    pattern = getattr(scope.get("route"), "path", None)
    return str(pattern) if pattern else "(none)"


def configure_logging(level: int = logging.INFO) -> None:
    """JSON lines on stderr, of the service and of what it runs on. For entry points only."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    # Without the values of variables: photos, texts and keys are among them.
    tracebacks = structlog.processors.ExceptionRenderer(
        structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    )
    structlog.configure(
        processors=[
            *shared,
            tracebacks,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                tracebacks,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
