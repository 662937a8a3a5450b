"""What the owner is told: metrics, log lines, traces."""

from __future__ import annotations

import io
import json
import logging
import socket
import time
from contextlib import redirect_stderr

import pytest
import structlog
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from goodsight.core.access import Role
from goodsight.service.telemetry import configure_logging

SEARCH = "/v1/collections/default/search"


@pytest.fixture(scope="module")
def spans():
    """An exporter in memory; a process may have one tracer provider only."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return exporter


def number(text, name):
    found = [line for line in text.splitlines() if line.startswith(name)]
    return sum(float(line.rpartition(" ")[2]) for line in found)


def test_requests_photos_and_refusals_are_counted(start_service, small_shop):
    service = start_service()
    photo = (small_shop / "query-0.png").read_bytes()
    for _ in range(3):
        service.client.post(SEARCH, files={"image": photo})
    service.client.post(SEARCH, json={"limit": 0})
    service.client.get("/v1/collections/default/products/" + "x" * 50)
    text = service.client.get("/metrics").text
    route = 'route="/v1/collections/{collection}/search"'
    assert number(text, f'goodsight_requests_total{{method="POST",{route},status="200"') == 3
    assert number(text, f'goodsight_requests_total{{method="POST",{route},status="422"') == 1
    assert number(text, "goodsight_photos_decoded_total") == 3
    assert number(text, 'goodsight_refusals_total{kind="422"') == 1
    for stage in ("decode", "encode", "store"):
        assert number(text, f'goodsight_stage_seconds_count{{stage="{stage}"') == 3
    assert number(text, "goodsight_uploads_bytes") > 1000
    assert "xxx" not in text  # no path of a request becomes a time series


def test_metrics_are_the_owner_s_where_searching_is_closed(start_service):
    service = start_service(open_search=False)
    assert service.client.get("/metrics").status_code == 401
    assert service.client.get("/metrics", headers=service.key(Role.SEARCH)).status_code == 403
    assert service.client.get("/metrics", headers=service.key(Role.ADMIN)).status_code == 200


def test_a_request_s_spans_make_a_tree(spans, start_service, small_shop):
    service = start_service()
    spans.clear()
    photo = (small_shop / "query-1.png").read_bytes()
    service.client.post(SEARCH, files={"image": photo}, data={"facets": "color"})
    found = {span.name: span for span in spans.get_finished_spans()}
    request = found["POST /v1/collections/{collection}/search"]
    for stage in ("decode", "encode", "store", "facets"):
        assert found[stage].parent.span_id == request.context.span_id, stage
        assert found[stage].context.trace_id == request.context.trace_id
    order = sorted(("decode", "encode", "store"), key=lambda name: found[name].start_time)
    assert order == ["decode", "encode", "store"]
    assert request.attributes["http.response.status_code"] == 200


def test_logs_are_json_lines_without_what_was_looked_for(start_service):
    output = io.StringIO()
    before = structlog.get_config()
    handlers, level = list(logging.root.handlers), logging.root.level
    try:
        with redirect_stderr(output):
            configure_logging()
            service = start_service()
            service.client.post(SEARCH, json={"query": [{"text": "orchid"}]})
            service.client.get("/v1/uploads/abc?token=secret")
            service.state.shop("default").find = None
            failed = service.client.post(SEARCH, json={"query": [{"text": "orchid"}]})
            logging.getLogger("someone").warning("else")
    finally:
        structlog.configure(**before)
        logging.root.handlers[:] = handlers
        logging.root.setLevel(level)
    lines = [json.loads(line) for line in output.getvalue().splitlines()]
    requests = [line for line in lines if line["event"] == "request"]
    assert [line["status"] for line in requests] == [200, 404, 500]
    [failure] = [line for line in lines if line["event"] == "request failed"]
    assert failure["request_id"] == failed.json()["request_id"]
    assert "TypeError" in str(failure["exception"])
    assert all(line["request_id"] and line["milliseconds"] > 0 for line in requests)
    assert "orchid" not in output.getvalue()
    assert "secret" not in output.getvalue()
    assert any(line["event"] == "else" for line in lines)


def test_a_caller_who_leaves_is_no_failure(start_service):
    service = start_service()
    port = int(service.url.rpartition(":")[2])
    with structlog.testing.capture_logs() as lines:
        with socket.create_connection(("127.0.0.1", port), timeout=20) as leaving:
            leaving.sendall(
                b"POST /v1/collections/default/search HTTP/1.1\r\nHost: localhost\r\n"
                b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
            )
            time.sleep(0.2)
        deadline = time.monotonic() + 20
        while not lines and time.monotonic() < deadline:
            time.sleep(0.05)
    assert [(line["event"], line["status"]) for line in lines] == [("request", 499)]
