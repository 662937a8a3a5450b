"""`docs/reference/api.md`, from the service's OpenAPI document."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from goodsight.config import Settings
from goodsight.service import create_app
from goodsight.service.problems import _TITLES as PROBLEMS
from reference.markdown import code, table

INTRODUCTION = """\
# HTTP API

Written from the service's own document by `make reference`; a running service has it at
`/openapi.json`. A key goes into `Authorization: Bearer KEY` or `X-API-Key: KEY`
([keys](../keys.md)); [serving](../serving.md) tells how the routes are meant, and
[the client for Python](../client.md) has them with types.
"""
ERRORS = """\
## Errors

Problem documents (RFC 9457): `type`, `title`, `status`, `detail`, and `position` where a filter
does not read. 429 and 503 say with `Retry-After` when to come again.
"""
METHODS = ("get", "post", "put", "delete", "patch")


def document() -> dict[str, Any]:
    """The OpenAPI document. Nothing is started for it."""
    return create_app(Settings(home=Path("nowhere"))).openapi()


def operations(api: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in api["paths"].items():
        for method in METHODS:
            if method in methods:
                yield method.upper(), path, methods[method]


def page() -> str:
    api = document()
    lines = [INTRODUCTION]
    for method, path, operation in operations(api):
        lines += _operation(f"{method} {path}", operation)
    lines += [ERRORS]
    rows = [
        [code(f"/problems/{kind}"), str(status), title]
        for kind, (status, title) in PROBLEMS.items()
    ]
    lines += table(["type", "status", "title"], sorted(rows, key=lambda row: row[1]))
    lines += ["## Bodies and answers", ""]
    for name, schema in sorted(api["components"]["schemas"].items()):
        lines += _schema(name, schema)
    return "\n".join(lines).rstrip() + "\n"


def _operation(heading: str, operation: dict[str, Any]) -> list[str]:
    told = operation.get("description", "")
    lines = [f"## {heading}", "", f"{operation['summary']}. {' '.join(told.split())}", ""]
    parameters = [
        [code(one["name"]), one["in"], _kind(one["schema"]), one.get("description", "")]
        for one in operation.get("parameters", [])
    ]
    lines += table(["parameter", "in", "is", "meaning"], parameters)
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        lines += [f"Body, `{media}`: {_kind(content.get('schema', {})) or 'as it is'}.", ""]
        lines += table(["field", "is", "meaning"], _fields(content.get("schema", {})))
    return [*lines, *_answers(operation["responses"])]


def _answers(responses: dict[str, Any]) -> list[str]:
    """Each success with what it holds, then the codes of the problems there may be."""
    good = [f"{status} {_answer(one)}" for status, one in responses.items() if status < "4"]
    bad = [status for status in responses if status >= "4"]
    problems = f" Problems: {', '.join(bad)}." if bad else ""
    return [f"Answers {'; '.join(good)}.{problems}", ""]


def _answer(response: dict[str, Any]) -> str:
    contents = response.get("content", {}).items()
    kinds = [_kind(content.get("schema", {})) or code(media) for media, content in contents]
    told = response["description"].replace("Successful Response", "")
    return " ".join(part for part in (told, ", ".join(kinds)) if part) or "without a body"


def _schema(name: str, schema: dict[str, Any]) -> list[str]:
    lines = [f"### {name}", ""]
    if told := " ".join(schema.get("description", "").split()):
        lines += [told, ""]
    if "enum" in schema:
        lines += ["One of " + ", ".join(code(str(value)) for value in schema["enum"]) + ".", ""]
    return [*lines, *table(["field", "is", "meaning"], _fields(schema))]


def _fields(schema: dict[str, Any]) -> Iterator[list[str]]:
    needed = schema.get("required", [])
    for name, field in schema.get("properties", {}).items():
        told = [field.get("description", "")]
        told += ["needed" if name in needed else ""]
        if field.get("default") not in (None, "", [], {}):
            told += [f"{json.dumps(field['default'])} unless given"]
        yield [code(name), _kind(field), "; ".join(part for part in told if part)]


def _kind(schema: dict[str, Any]) -> str:
    """A type in a few words; a named one leads to its table."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(_kind(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " / ".join(code(str(value)) for value in schema["enum"])
    if "const" in schema:
        return code(str(schema["const"]))
    kind = str(schema.get("type", ""))
    if kind == "array":
        return f"list of {_kind(schema.get('items', {})) or 'anything'}"
    if kind == "string" and schema.get("format") == "binary":
        return "file"
    return {"string": "text", "object": "object", "null": "null"}.get(kind, kind) + _bounds(schema)


def _bounds(schema: dict[str, Any]) -> str:
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    high = schema.get("maximum", schema.get("exclusiveMaximum"))
    if low is not None and high is not None:
        return f", {low} to {high}"
    if "maxLength" in schema:
        return f", at most {schema['maxLength']} characters"
    return f", at least {low}" if low is not None else ""
