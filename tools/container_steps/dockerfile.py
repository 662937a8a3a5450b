"""Reads a Dockerfile: stages, and in each its instructions with variables put in."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

CONTINUED = re.compile(r"\\\n(\s*#.*\n)*")
VARIABLE = re.compile(r"\$\{(\w+)\}|\$(\w+)")
ASSIGNMENT = re.compile(r"(\w+)=(\"[^\"]*\"|\S+)")
# The shell puts variables into these itself.
LEFT_TO_THE_SHELL = ("RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK")


@dataclass(frozen=True)
class Instruction:
    """One step: its name in capitals, and what stands behind it on one line."""

    name: str
    text: str

    @property
    def words(self) -> list[str]:
        return self.text.split()

    @property
    def sources(self) -> list[str]:
        """What a COPY copies, its options left out."""
        return [word for word in self.words if not word.startswith("--")][:-1]

    @property
    def assignments(self) -> dict[str, str]:
        """The variables of an ENV."""
        return {name: value.strip('"') for name, value in ASSIGNMENT.findall(self.text)}

    @property
    def command(self) -> list[str]:
        """The JSON list of CMD, ENTRYPOINT or HEALTHCHECK. Raises ValueError for shell form."""
        return json.loads(self.text[self.text.index("[") :])

    @property
    def from_stage(self) -> str | None:
        found = re.search(r"--from=(\S+)", self.text)
        return found[1] if found else None


@dataclass
class Stage:
    """A base image, a name that later stages may copy from, and steps in their order."""

    image: str
    name: str
    steps: list[Instruction] = field(default_factory=list)

    def all(self, name: str) -> list[Instruction]:
        return [step for step in self.steps if step.name == name]

    def last(self, name: str) -> Instruction:
        """The step that counts. Raises IndexError where there is none."""
        return self.all(name)[-1]

    @property
    def environment(self) -> dict[str, str]:
        """All variables, as they are at the end."""
        return {k: v for step in self.all("ENV") for k, v in step.assignments.items()}


def read(text: str, arguments: dict[str, str] | None = None) -> list[Stage]:
    """The stages of a Dockerfile; `arguments` are what --build-arg would say."""
    given = arguments or {}
    stages: list[Stage] = []
    outer: dict[str, str] = {}
    known: dict[str, str] = {}
    for name, rest in _lines(text):
        told = rest if name in LEFT_TO_THE_SHELL else _put_in(rest, known)
        if name == "FROM":
            words = _put_in(rest, outer).split()
            stages.append(Stage(words[0], words[2] if len(words) > 2 else str(len(stages))))
            known = {}
        elif name == "ARG":
            variable, _, default = told.partition("=")
            value = given.get(variable, default or outer.get(variable, ""))
            (known if stages else outer)[variable] = value
            if stages:
                stages[-1].steps.append(Instruction("ENV", f"{variable}={value}"))
        else:
            if name == "ENV":
                known |= Instruction(name, told).assignments
            stages[-1].steps.append(Instruction(name, told))
    return stages


def _lines(text: str) -> list[tuple[str, str]]:
    joined = CONTINUED.sub(" ", text)
    kept = [line.strip() for line in joined.splitlines()]
    parts = [line.split(maxsplit=1) for line in kept if line and not line.startswith("#")]
    return [(name.upper(), " ".join(rest.split())) for name, rest in parts]


def _put_in(text: str, known: dict[str, str]) -> str:
    return VARIABLE.sub(lambda found: known.get(found[1] or found[2], ""), text)
