"""Which pages there are."""

from __future__ import annotations

from reference import api, commands, library


def all_pages() -> dict[str, str]:
    """The text of each page, by its file's name."""
    return {
        "api.md": api.page(),
        "commands.md": commands.page(),
        "python.md": library.page(),
    }
