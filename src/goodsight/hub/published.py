"""What the hub says about a model: which files there are, and on what terms."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["PERMISSIVE", "HubFile", "HubModel"]

# Identifiers as the hub spells them, of licences that let a shop use the weights as it likes.
PERMISSIVE = frozenset(
    {
        "0bsd",
        "apache-2.0",
        "bsd",
        "bsd-2-clause",
        "bsd-3-clause",
        "bsd-3-clause-clear",
        "cc-by-4.0",
        "cc0-1.0",
        "isc",
        "mit",
        "unlicense",
        "zlib",
    }
)


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file of a repository: its path there and its size in bytes.

    `sha256` in hex where the hub keeps the file as a large one; `git_hash`, the hash that git
    gives its content, for the others.
    """

    name: str
    size: int
    sha256: str | None = None
    git_hash: str | None = None


@dataclass(frozen=True, slots=True)
class HubModel:
    """A repository at one commit. `licence` is None where none is stated."""

    repository: str
    commit: str
    licence: str | None
    licence_link: str
    files: tuple[HubFile, ...]

    @property
    def is_permissive(self) -> bool:
        """Whether nothing needs to be confirmed before the weights are used."""
        return self.licence in PERMISSIVE

    def file(self, name: str) -> HubFile | None:
        """The file of that path, if there is one."""
        return next((file for file in self.files if file.name == name), None)
