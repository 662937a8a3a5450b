"""The OpenAPI document: complete, its examples true, and every answer as it says."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.stateful import run_state_machine_as_test
from schemathesis.checks import not_a_server_error  # noqa: F401 - registers the checks
from schemathesis.specs.openapi.checks import positive_data_acceptance

from goodsight.core.access import Role

EXAMPLES = int(os.environ.get("GOODSIGHT_TEST_EXAMPLES", "8"))
FUZZING = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
# Cost minutes and reach nothing that the rest does not: a job, an index run.
NOT_FUZZED = ("send_feed",)
NOT_JUDGED_BY_SCHEMA = ("search", "transcribe", "explanation", "add_photo", "put_products")


@schemathesis.serializer("application/x-ndjson")
def as_it_is(context, value):
    return str(value).encode("utf-8", "surrogatepass")


@pytest.fixture(scope="module")
def document(service):
    return service.client.get("/openapi.json").json()


@pytest.fixture(scope="module")
def headers(service):
    service.client.put("/v1/collections/fuzzed", headers=service.key(Role.ADMIN))
    yield service.key(Role.ADMIN)
    service.client.delete("/v1/collections/fuzzed", headers=service.key(Role.ADMIN))


@pytest.fixture(scope="module")
def fuzzed(service, headers):
    schema = schemathesis.openapi.from_url(service.url + "/openapi.json")
    return schema.exclude(operation_id=list(NOT_FUZZED))


def operations(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_every_operation_is_described(document):
    seen = set()
    for path, method, operation in operations(document):
        where = f"{method} {path}"
        assert operation["operationId"] not in seen, where
        seen.add(operation["operationId"])
        assert operation["summary"], where
        assert operation["description"], where
        assert any(code.startswith(("2", "3")) for code in operation["responses"]), where
        for code, response in operation["responses"].items():
            ours = not path.startswith("/compat/")
            if ours and (code.startswith("4") or code == "503"):
                assert "application/problem+json" in response["content"], (where, code)


def test_every_route_is_in_the_document(service, document):
    paths = {path.replace(":path}", "}") for path in document["paths"]}
    hidden = {"/", "/owner", "/{name}", "/assets/{name:path}", "/openapi.json"}
    for route in service.app.routes:
        path = getattr(route, "path", None)
        if path is not None and path not in hidden:
            assert path.replace(":path}", "}") in paths, path


def test_every_route_is_in_the_documentation(document):
    page = Path(__file__).resolve().parents[2] / "docs" / "serving.md"
    text = page.read_text(encoding="utf-8")
    for path in document["paths"]:
        assert f"{path}`" in text, path


def examples(document, media):
    """The examples of a body, whether they stand beside its schema or in it."""
    schema = media["schema"]
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    beside = [media["example"]] if "example" in media else []
    return beside + schema.get("examples", [])


def send_example(service, headers, path, method, kind, example):
    """Ask for what the example asks for, in the collection made for that."""
    made_for_it = (
        "default" if path.endswith(("search", "explanation", "understanding")) else "fuzzed"
    )
    url = path.format(collection=made_for_it, product_id="example")
    options = {"headers": headers}
    if kind == "application/json":
        options["json"] = example
    elif kind == "application/x-ndjson":
        options |= {"content": example, "headers": {**headers, "Content-Type": kind}}
    elif "feed" in example:
        options |= {"files": {"feed": ("feed.csv", example["feed"].encode())}}
        options |= {"data": {name: value for name, value in example.items() if name != "feed"}}
    else:
        options["files"] = {name: (None, str(value)) for name, value in example.items()}
    if path == "/v1/session":
        # A key that opens something stands in no document.
        options["json"] = {"key": headers["Authorization"].removeprefix("Bearer ")}
    return service.client.request(method, url, **options)


# Their bodies are a photo or a recording, which no text can show.
WITHOUT_EXAMPLE = {"add_photo", "transcribe"}


def test_every_kind_of_body_has_an_example_that_is_accepted(service, document, headers):
    seen = set()
    for path, method, operation in operations(document):
        name = operation["operationId"]
        for kind, media in operation.get("requestBody", {}).get("content", {}).items():
            given = examples(document, media)
            assert given or name in WITHOUT_EXAMPLE, (name, kind)
            for example in given:
                answer = send_example(service, headers, path, method, kind, example)
                assert answer.is_success, (name, kind, answer.text)
                assert not re.search(r'"error":\s*[^n\s]', answer.text), (name, kind, answer.text)
                seen.add((name, kind))
    # The client of all tests: signed in, it would need the page's header from now on.
    service.client.cookies.clear()
    assert ("search", "multipart/form-data") in seen
    assert len(seen) == 10


def test_answers_are_as_described(fuzzed, headers):
    """Whatever is asked, the answer is one the document describes, and never a 5xx."""
    failures = []
    for result in fuzzed.get_all_operations():
        operation = result.ok()

        @FUZZING
        @given(case=operation.as_strategy())
        def ask(case):
            _stay_in_bounds(case)
            case.call_and_validate(headers=headers, excluded_checks=_excluded(case))

        try:
            ask()
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            failures.append(f"{operation.method.upper()} {operation.path}: {error}")
    assert not failures, "\n\n".join(failures)


def test_sequences_of_requests_are_as_described(fuzzed, headers):
    """The same over sequences: what one request made, the next ones ask for."""

    class Requests(fuzzed.as_state_machine()):
        def before_call(self, case):
            _stay_in_bounds(case)

        def get_call_kwargs(self, case):
            return {"headers": headers}

        def validate_response(self, response, case, **options):
            options.pop("excluded_checks", None)
            super().validate_response(response, case, excluded_checks=_excluded(case), **options)

    run_state_machine_as_test(
        Requests, settings=settings(FUZZING, max_examples=EXAMPLES, stateful_step_count=8)
    )


def _excluded(case):
    """Whether bytes are a photo, or a text a filter, no schema can say: a 422 is right there."""
    judged = case.operation.definition.raw["operationId"] in NOT_JUDGED_BY_SCHEMA
    return [positive_data_acceptance] if judged else []


def _stay_in_bounds(case):
    """Keep the fuzzer from deleting what other tests use."""
    if "collection" in (case.path_parameters or {}) and case.method == "DELETE":
        case.path_parameters["collection"] = "fuzzed-away"
