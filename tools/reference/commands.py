"""`docs/reference/commands.md`, from the commands themselves."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

from goodsight.cli.main import app
from reference.markdown import code, table

INTRODUCTION = """\
# Commands

Written from the program by `make reference`: `goodsight COMMAND --help` says the same. Results go
to stdout, everything else to stderr. Exit codes: 0 done; 1 the work failed; 2 wrong usage; 3 input
refused, nothing usable; 4 refused by a gate; 130 interrupted, and the same command resumes.
"""


def page() -> str:
    parts = [INTRODUCTION]
    for name, command in commands():
        parts += [f"## {name}\n", f"{inspect.cleandoc(command.help or '')}\n"]
        parts += ["\n".join(table(["", "takes", "default", "meaning"], _rows(command)))]
    return "\n".join(parts).rstrip() + "\n"


def commands(command: Any = None, name: str = "goodsight") -> Iterator[tuple[str, Any]]:
    """Every command with its full name, groups before what is in them."""
    command = command or get_command(app)
    yield name, command
    for short, part in getattr(command, "commands", {}).items():
        yield from commands(part, f"{name} {short}")


def names_of(option: Any) -> list[str]:
    """How an option or argument is written."""
    if option.param_type_name == "argument":
        return [option.metavar or option.name.upper()]
    return [*option.opts, *option.secondary_opts]


def _rows(command: Any) -> Iterator[list[str]]:
    for option in command.params:
        written = ", ".join(code(name) for name in names_of(option))
        told = getattr(option, "help", "") or ""
        if option.envvar:
            told += f" Also `{option.envvar}`."
        yield [written, _kind(option), _default(option), told]


def _kind(option: Any) -> str:
    if getattr(option, "is_flag", False):
        return ""
    kind = {"int": "number", "float": "number", "boolean": ""}.get(option.type.name, "text")
    kind = "path" if option.type.name == "path" else kind
    kind = option.metavar if option.param_type_name == "option" and option.metavar else kind
    return f"{kind}, repeatable" if getattr(option, "multiple", False) else kind


def _default(option: Any) -> str:
    if option.required:
        return "needed"
    plain = isinstance(option.default, str | int | float | Path)
    return code(str(option.default)) if plain and option.default is not False else ""
