"""The sample store of `goodsight demo`: fetched with npm when asked for, never part of Goodsight.

It is the sample data of the npm package `@vendure/create` (GPL-3.0), used as data at run time:
a product feed, and photographs from Unsplash whose file names carry the photographers.
"""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path, PurePosixPath

from goodsight.core.errors import GoodsightError

__all__ = ["CURRENCY", "PACKAGE", "SampleStoreError", "fetch_sample_store", "photographer"]

PACKAGE = "@vendure/create@3.7.3"
INTEGRITY_SHA512 = (
    "8gqMan5X8rBgwXBPd2kco7GDJ70iHmXIlhfDbeS05D7JgsaC7Sc+dsUptQnpg33aPocT92Ejq3ZD5TKGKdzGRw=="
)
CURRENCY = "USD"  # the feed states none; its own shop shows dollars
FETCH_TIMEOUT_SECONDS = 120
MAX_UNPACKED_BYTES = 64 << 20
ASSETS = PurePosixPath("package/assets")
FEED = "products.csv"
ALTERNATIVE = "Index a catalogue of your own instead: goodsight index YOUR_FEED"


class SampleStoreError(GoodsightError):
    """The sample store could not be fetched."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the sample store cannot be fetched: {reason}\n{ALTERNATIVE}")


def fetch_sample_store(cache: Path) -> Path:
    """The sample store's feed, fetched into `cache` unless it is there. Raises SampleStoreError."""
    folder = cache / f"sample-store-{INTEGRITY_SHA512[:8].replace('/', '_')}"
    feed = folder / FEED
    if feed.is_file():
        return feed
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as work:
            archive = _fetch(Path(work))
            _verify(archive)
            unpacked = Path(work) / "unpacked"
            _unpack(archive, unpacked)
            # Renamed whole: a broken-off fetch leaves nothing that looks finished.
            shutil.rmtree(folder, ignore_errors=True)
            unpacked.rename(folder)
    except OSError as error:
        raise SampleStoreError(f"{cache}: {error.strerror or error}") from error
    return feed


def photographer(photo: str) -> str | None:
    """Who took a photo, from a name like "jane-doe-1234-unsplash.jpg": "Jane Doe"."""
    words = Path(photo).stem.split("-")
    if words[-1] != "unsplash":
        return None
    names = [word.capitalize() for word in words[:-1] if not word.isdigit()]
    return " ".join(names)


def _fetch(work: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise SampleStoreError("it comes with npm, which is not installed")
    command = [npm, "pack", "--silent", "--ignore-scripts", PACKAGE]
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command without a shell
            command, cwd=work, capture_output=True, text=True, timeout=FETCH_TIMEOUT_SECONDS,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise SampleStoreError(f"npm took more than {FETCH_TIMEOUT_SECONDS} s") from error
    archives = list(work.glob("*.tgz"))
    if done.returncode != 0 or len(archives) != 1:
        errors = [line for line in done.stderr.splitlines() if "warn" not in line]
        raise SampleStoreError(errors[0] if errors else "npm failed; is there a network?")
    return archives[0]


def _verify(archive: Path) -> None:
    with archive.open("rb") as file:
        digest = hashlib.file_digest(file, "sha512").digest()
    if base64.b64encode(digest).decode("ascii") != INTEGRITY_SHA512:
        raise SampleStoreError(f"what npm fetched is not the {PACKAGE} that was checked")


def _unpack(archive: Path, target: Path) -> None:
    """Only the feed and the photos, without their folders above; bounded in size."""
    total = 0
    with tarfile.open(archive) as tar:
        for member in tar:
            path = PurePosixPath(member.name)
            wanted = path == ASSETS / FEED or path.parent == ASSETS / "images"
            if not (wanted and member.isfile()):
                continue
            total += member.size
            if total > MAX_UNPACKED_BYTES:
                raise SampleStoreError(f"more than {MAX_UNPACKED_BYTES} bytes in the package")
            content = tar.extractfile(member)
            if content is not None:
                file = target / path.relative_to(ASSETS)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content.read())
    if not (target / FEED).is_file():
        raise SampleStoreError(f"no {FEED} in the package")
