"""`docs/reference/python.md`, from docstrings and signatures."""

from __future__ import annotations

import dataclasses
import enum
import inspect
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import goodsight
from goodsight import client
from goodsight.core import errors
from reference.markdown import code, table

INTRODUCTION = """\
# Python

Written from signatures and docstrings by `make reference`. `import goodsight` loads nothing heavy:
names are resolved when first used.
"""
CLIENT = """\
## goodsight.client

Needs the extra: `pip install 'goodsight[client]'`; [how it is used](../client.md).
"""
ERRORS = """\
## Errors

Everything that Goodsight raises on purpose is a `GoodsightError`, of `goodsight.core.errors`.
The exit code is that of the command line.
"""


def page() -> str:
    lines = [INTRODUCTION, "## goodsight", ""]
    for module, heading in ((goodsight, ""), (client, CLIENT)):
        lines += [heading] if heading else []
        for name in public_names(module):
            lines += _entry(name, getattr(module, name))
    rows = [[code(name), str(kind.exit_code), _first(kind)] for name, kind in error_types()]
    lines += [ERRORS, *table(["error", "exit code", "meaning"], rows)]
    return "\n".join(lines).rstrip() + "\n"


def public_names(module: ModuleType) -> list[str]:
    return [name for name in module.__all__ if not name.startswith("__")]


def error_types() -> list[tuple[str, type[errors.GoodsightError]]]:
    return [(name, getattr(errors, name)) for name in errors.__all__]


def methods(kind: type) -> Iterator[tuple[str, Any]]:
    """What is public of a class, inherited from Goodsight's own classes included."""
    for name, value in inspect.getmembers(kind):
        own = getattr(value, "__module__", "") or getattr(value, "fget", None)
        ours = isinstance(own, str) and own.startswith("goodsight")
        if not name.startswith("_") and inspect.isfunction(value) and ours:
            yield name, value


def _entry(name: str, value: Any) -> list[str]:
    if not inspect.isclass(value):
        return [f"### {name}{_signature(value)}", "", _told(value), ""]
    lines = [f"### {name}", "", _told(value), ""]
    if issubclass(value, enum.Enum):
        return [*lines, "One of " + ", ".join(code(one.value) for one in value) + ".", ""]
    if dataclasses.is_dataclass(value):
        fields = [
            [code(field.name), code(_short(field.type))] for field in dataclasses.fields(value)
        ]
        lines += table(["field", "is"], fields)
    if issubclass(value, Exception):
        return lines
    for method, function in methods(value):
        lines += [f"#### {name}.{method}{_signature(function)}", "", _told(function), ""]
    return lines


def _signature(function: Any) -> str:
    signature = inspect.signature(function)
    own = [one for one in signature.parameters.values() if one.name != "self"]
    shown = [_parameter(one) for one in own]
    marks = [one.kind is inspect.Parameter.KEYWORD_ONLY for one in own]
    several = any(one.kind is inspect.Parameter.VAR_POSITIONAL for one in own)
    if True in marks and not several:
        shown.insert(marks.index(True), "*")
    return f"({', '.join(shown)})".replace("_", "\\_").replace("*", "\\*")


def _parameter(one: inspect.Parameter) -> str:
    stars = {one.VAR_POSITIONAL: "*", one.VAR_KEYWORD: "**"}.get(one.kind, "")
    if one.default is one.empty:
        return stars + one.name
    default = one.default.value if isinstance(one.default, enum.Enum) else one.default
    plain = isinstance(default, str | int | float | tuple | None)
    return f"{one.name}={default!r}" if plain else f"{one.name}=…"


def _told(value: Any) -> str:
    return inspect.cleandoc(inspect.getdoc(value) or "")


def _first(value: Any) -> str:
    return _told(value).split("\n\n", maxsplit=1)[0]


def _short(annotation: Any) -> str:
    return (
        annotation
        if isinstance(annotation, str)
        else getattr(annotation, "__name__", str(annotation))
    )
