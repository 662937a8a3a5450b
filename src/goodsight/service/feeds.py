"""A feed that came by upload: kept below the home under its own name, then indexed.

Sent again it replaces what it was: the same collection and name are the same source, so
products it no longer lists go. Photos beside it are found by their names, and nothing outside
its folder is ever read: a path in a feed from afar is not taken at its word.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request

from goodsight.core.reports import IndexReport
from goodsight.service.jobs import Job
from goodsight.service.problems import Problem
from goodsight.shop import Shop

__all__ = ["ReceivedFeed", "index_feed", "receive_feed"]

MAX_FILES = 10_000
MAX_FIELDS = 10
MAX_NAME_CHARACTERS = 100


@dataclass(frozen=True, slots=True)
class ReceivedFeed:
    """A feed on disk, and what its sender said about it."""

    path: Path
    currency: str | None
    profile: str | None
    keep_missing: bool


async def receive_feed(request: Request, root: Path, collection: str) -> ReceivedFeed:
    """Keep the files of a form. Raises Problem."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise Problem("unsupported-type", "send multipart/form-data with a file 'feed'")
    async with request.form(max_files=MAX_FILES, max_fields=MAX_FIELDS) as fields:
        feed = fields.get("feed")
        if not isinstance(feed, UploadFile) or not feed.filename:
            raise Problem("invalid-request", "the file 'feed' is missing")
        currency = _text(fields.get("currency"))
        if currency is not None and not re.fullmatch(r"[A-Z]{3}", currency):
            raise Problem("invalid-request", "currency is three capital letters, such as EUR")
        folder = root / hashlib.sha256(collection.encode()).hexdigest()[:16]
        path = folder / "feeds" / safe_name(feed.filename)
        media = _media_of(path)
        await run_in_threadpool(_keep, feed, path)
        for photo in fields.getlist("photos"):
            if isinstance(photo, UploadFile) and photo.filename:
                await run_in_threadpool(_keep, photo, media / safe_name(photo.filename))
        return ReceivedFeed(
            path=path,
            currency=currency,
            profile=_text(fields.get("profile")),
            keep_missing=_text(fields.get("keep_missing")) in ("true", "1", "yes", "on"),
        )


def index_feed(
    shop: Shop, feed: ReceivedFeed, job: Job, should_stop: Callable[[], bool]
) -> IndexReport:
    """Index a received feed. Raises CatalogError, UsageError, StoreError, ModelError."""
    media = _media_of(feed.path)
    media.mkdir(parents=True, exist_ok=True)
    return shop.index(
        feed.path,
        profile=feed.profile,
        keep_missing=feed.keep_missing,
        currency=feed.currency,
        media=media,
        progress=job,
        should_stop=should_stop,
    )


def safe_name(name: str) -> str:
    """The last part of a file name, without what a file system could take amiss."""
    last = re.split(r"[\\/]", name)[-1]
    kept = re.sub(r"[^\w.\- ]", "_", last).strip(". ")
    stem, dot, ending = kept.rpartition(".")
    if len(kept) > MAX_NAME_CHARACTERS:
        kept = stem[: MAX_NAME_CHARACTERS - len(ending) - 1] + dot + ending[:10]
    if not kept:
        raise Problem("invalid-request", "a file has no usable name")
    return kept


def _media_of(feed: Path) -> Path:
    return feed.parent.parent / "photos" / feed.name


def _keep(file: UploadFile, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = target.with_name(target.name + ".part")
    with unfinished.open("wb") as kept:
        shutil.copyfileobj(file.file, kept)
    unfinished.replace(target)


def _text(value: object) -> str | None:
    return value.strip() if isinstance(value, str) and value.strip() else None
