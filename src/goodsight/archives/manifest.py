"""The manifest: what an archive says of itself. It is untrusted until it is parsed here."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from typing import Any

from goodsight.core.backups import DatabaseShape, TableShape
from goodsight.core.errors import ArchiveError

__all__ = ["MANIFEST", "Manifest", "Member", "is_member_name", "parse_manifest"]

MANIFEST = "manifest.json"
FORMAT = "goodsight backup"
FORMAT_VERSION = 1
PLAIN = r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}"
# No name leads out of a folder: slashes stand only where they stand here.
_NAMES = re.compile(rf"tables/{PLAIN}|models/{PLAIN}/{PLAIN}|settings/goodsight\.toml")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Member:
    """A member's name, length and SHA-256 in hex."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """Who made the archive and when (ISO 8601), and all that is in it beside the manifest."""

    made_by: str
    made_at: str
    database: DatabaseShape
    members: tuple[Member, ...]

    @property
    def total_bytes(self) -> int:
        """The members' lengths together."""
        return sum(member.bytes for member in self.members)

    def named(self, prefix: str) -> tuple[Member, ...]:
        """The members whose names begin like this."""
        return tuple(member for member in self.members if member.name.startswith(prefix))

    def document(self) -> bytes:
        """The manifest as JSON."""
        values = {"format": FORMAT, "version": FORMAT_VERSION, **asdict(self)}
        return json.dumps(values, indent=1).encode()


def is_member_name(name: str) -> bool:
    """Whether a member may be called so."""
    return _NAMES.fullmatch(name) is not None


def parse_manifest(document: bytes) -> Manifest:
    """Raises ArchiveError for anything but a manifest of a version known here."""
    try:
        values = json.loads(document)
        if values["format"] != FORMAT:
            raise ArchiveError("it is no backup of Goodsight")
        if values["version"] != FORMAT_VERSION:
            raise ArchiveError("it was made by a newer Goodsight: upgrade Goodsight")
        return Manifest(
            made_by=str(values["made_by"]),
            made_at=str(values["made_at"]),
            database=_database(values["database"]),
            members=tuple(_member(value) for value in values["members"]),
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ArchiveError(f"its manifest does not read: {error!r}") from error


def _member(value: Any) -> Member:
    member = Member(str(value["name"]), int(value["bytes"]), str(value["sha256"]))
    if not is_member_name(member.name):
        raise ArchiveError(f"its manifest names {member.name!r}, which no backup holds")
    if not _SHA256.fullmatch(member.sha256) or member.bytes < 0:
        raise ArchiveError(f"its manifest has no checksum of {member.name}")
    return member


def _database(value: Any) -> DatabaseShape:
    tables = tuple(
        TableShape(str(t["name"]), tuple(map(str, t["columns"])), int(t["rows"]))
        for t in value["tables"]
    )
    return DatabaseShape(str(value["revision"]), tables)
