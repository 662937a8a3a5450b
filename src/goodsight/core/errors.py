"""One error tree for the whole package.

    GoodsightError
    ├── UsageError           the request itself is wrong (unknown option, metric, collection name)
    │   └── FilterError      the filter text does not parse; carries the position
    ├── InputError           what the user gave cannot be used
    │   ├── CatalogError     a feed that cannot be read at all
    │   ├── ArchiveError     a backup that cannot be read, or be written
    │   ├── PhotoError       a photo that cannot be read; carries the reference
    │   └── SoundError       a recording that cannot be read, or in which nothing is understood
    ├── ModelError           a model folder or weight file that cannot be used
    │   ├── ModelNameError   no model has this name, or no new one may
    │   ├── HubError         the model hub cannot be reached
    │   └── SpaceMismatch    vectors of one space met vectors of another
    ├── StoreError           the database refused or is not reachable
    │   ├── CollectionNotFound
    │   └── ServerStartError the embedded server did not come up
    ├── ServiceError         the HTTP service, asked by its client, refused or is not reachable
    ├── Interrupted          someone asked long work to stop; it can be taken up again
    └── MissingExtra         an optional dependency is not installed; prints the install command

Every message says what happened, where, and what to do. Third-party exceptions are
translated at the adapter that meets them and never cross into the core.
"""

from __future__ import annotations

__all__ = [
    "ArchiveError",
    "CatalogError",
    "CollectionNotFound",
    "FilterError",
    "GoodsightError",
    "HubError",
    "InputError",
    "Interrupted",
    "MissingExtra",
    "ModelError",
    "ModelNameError",
    "PhotoError",
    "ServerStartError",
    "ServiceError",
    "SoundError",
    "SpaceMismatch",
    "StoreError",
    "UsageError",
]


class GoodsightError(Exception):
    """Anything Goodsight raises on purpose."""

    exit_code = 1


class UsageError(GoodsightError):
    """The request itself is wrong; nothing was done."""

    exit_code = 2


class FilterError(UsageError):
    """A filter that does not parse.

    `position` is the 0-based offset into the filter text where reading stopped.
    """

    def __init__(self, message: str, *, text: str, position: int) -> None:
        super().__init__(f"{message}\n  {text}\n  {' ' * position}^")
        self.text = text
        self.position = position


class InputError(GoodsightError):
    """What the user gave cannot be used."""

    exit_code = 3


class CatalogError(InputError):
    """A feed that cannot be read at all. A single bad row is a `Skip`, not this."""


class ArchiveError(InputError):
    """A backup that is damaged, that is none, or that cannot be written."""


class PhotoError(InputError):
    """A photo that cannot be used.

    `reference` is the photo as the caller named it, `reason` the cause alone.
    """

    def __init__(self, reason: str, *, reference: str) -> None:
        super().__init__(f"{reference}: {reason}")
        self.reason = reason
        self.reference = reference


class SoundError(InputError):
    """A recording that cannot be read, or in which nothing was understood."""


class ModelError(GoodsightError):
    """A model folder, weight file or runtime that cannot be used."""

    exit_code = 3


class ModelNameError(ModelError):
    """A name that no model has, or that no new model may have."""

    exit_code = 2


class HubError(ModelError):
    """The model hub cannot be reached."""

    exit_code = 1


class SpaceMismatch(ModelError):
    """Vectors of one space were offered where another is in use."""

    exit_code = 1


class StoreError(GoodsightError):
    """The database refused the work or cannot be reached."""


class CollectionNotFound(StoreError):
    """The named collection does not exist."""

    exit_code = 2


class ServerStartError(StoreError):
    """The embedded database server did not come up."""


class ServiceError(GoodsightError):
    """The HTTP service answered with a problem, or not at all.

    `kind` is the end of the problem's type, "unreachable" where nothing came back; `status` is
    the HTTP status or None; `retry_after` the seconds the service asks to wait, if it does.
    """

    def __init__(
        self, message: str, *, kind: str, status: int | None, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.status = status
        self.retry_after = retry_after


class Interrupted(GoodsightError):
    """Someone asked long work to stop, and it did. Nothing in use has changed."""

    exit_code = 130


class MissingExtra(GoodsightError):
    """An optional dependency is absent."""

    exit_code = 2

    def __init__(self, feature: str, *, extra: str) -> None:
        super().__init__(f"{feature} needs the extra '{extra}': pip install 'goodsight[{extra}]'")
        self.extra = extra
