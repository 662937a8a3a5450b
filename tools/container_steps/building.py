"""Takes the Dockerfile's steps, each stage in a room of its own."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path

from container_steps.dockerfile import Instruction, Stage
from container_steps.room import Room

# They describe the container and change no file.
DESCRIBING = ("LABEL", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD")


def build(stages: list[Stage], context: Path, folder: Path) -> dict[str, Room]:
    """A room for each stage, by its name; the last one is the image."""
    rooms: dict[str, Room] = {}
    for stage in stages:
        print(f"FROM {stage.image} ({stage.name}): this machine in its place", flush=True)
        room = rooms[stage.name] = Room(folder / stage.name)
        _take_steps(stage, room, rooms, context)
    return rooms


def _take_steps(stage: Stage, room: Room, rooms: dict[str, Room], context: Path) -> None:
    place = "/"
    known: dict[str, str] = {}
    for step in stage.steps:
        print(f"{step.name} {step.text}"[:100], flush=True)
        if step.name == "WORKDIR":
            place = step.text
            room.path(place).mkdir(parents=True, exist_ok=True)
        elif step.name == "ENV":
            known |= step.assignments
        elif step.name == "RUN":
            room.run(step.text, known, place)
        elif step.name == "COPY":
            _copy(step, room, rooms, context, place)
        elif step.name not in DESCRIBING:
            raise NotImplementedError(f"no equivalent of {step.name} is known here")


def _copy(step: Instruction, room: Room, rooms: dict[str, Room], context: Path, place: str) -> None:
    target = step.words[-1]
    for source in step.sources:
        if step.from_stage:
            found = rooms[step.from_stage].path(source)
        else:
            found = context / source
            if not is_sent(source, context):
                raise FileNotFoundError(f"{source}: .dockerignore keeps it back")
        room.copy(found, target, place)


def is_sent(source: str, context: Path) -> bool:
    """Whether the engine would be sent a path: the last line of .dockerignore that fits decides."""
    sent = True
    for line in (context / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.removeprefix("!")
        folders = [source, *(str(parent) for parent in Path(source).parents)]
        if line and not line.startswith("#") and any(fnmatch(path, pattern) for path in folders):
            sent = line.startswith("!")
    return sent
