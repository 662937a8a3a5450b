"""The hub asked: what a model is, and its files, resumed where a download broke off.

By `huggingface_hub`, which knows the hub's addresses, logins, mirrors (HF_ENDPOINT) and proxies.
Its own downloads begin again after a broken one; a model of a gigabyte should not.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import stamina

from goodsight.core.errors import HubError, MissingExtra, ModelError
from goodsight.hub.addresses import HubAddress
from goodsight.hub.published import HubFile, HubModel

__all__ = ["FetchProgress", "Hub"]

PUBLIC_HUB = "https://huggingface.co"
PART = ".part"
ATTEMPTS = 5
FIRST_WAIT_SECONDS = 0.2
TIMEOUT_SECONDS = 30.0
PARTIAL_CONTENT = 206
HINT = (
    "check the network, and HTTPS_PROXY where there is a proxy; name a mirror with HF_ENDPOINT; or"
    " fetch the files elsewhere and add them as a model folder, see docs/models.md"
)

# Told the file, its bytes so far, and its bytes in all.
FetchProgress = Callable[[str, int, int], None]


class Hub:
    """One hub: the one HF_ENDPOINT names, else the public one."""

    def __init__(self) -> None:
        """Raises MissingExtra."""
        try:
            import huggingface_hub
            from huggingface_hub import errors, utils
        except ImportError as error:
            raise MissingExtra("a model of the hub", extra="hub") from error
        self._library: Any = huggingface_hub
        self._tools: Any = utils
        self._errors: Any = errors
        self._endpoint = os.environ.get("HF_ENDPOINT", "").rstrip("/") or PUBLIC_HUB

    def describe(self, address: HubAddress) -> HubModel:
        """The model as it stands at that revision. Raises ModelError."""
        where = f"{self._endpoint}/{address.repository}"
        with self._translated(where):
            found = self._library.HfApi(endpoint=self._endpoint).model_info(
                address.repository,
                revision=address.revision,
                files_metadata=True,
                timeout=TIMEOUT_SECONDS,
            )
        if not found.sha:
            raise ModelError(f"{where}: the hub names no commit, to which it could be pinned")
        card = found.card_data
        named = card and (card.get("license_name") or card.get("license"))
        return HubModel(
            repository=address.repository,
            commit=found.sha,
            licence=_one_line(named) if named else None,
            licence_link=_one_line((card and card.get("license_link")) or where),
            files=tuple(_file(sibling) for sibling in found.siblings or ()),
        )

    def fetch(self, model: HubModel, file: HubFile, target: Path, progress: FetchProgress) -> None:
        """Bring one file to `target`, whole and as the hub describes it.

        What came of an earlier attempt is gone on with. Raises ModelError; OSError where the
        disk refuses.
        """
        if target.exists():
            return
        part = target.with_name(target.name + PART)
        with self._translated(f"{self._endpoint}/{model.repository}: {file.name}"):
            for attempt in stamina.retry_context(
                on=self._passes, attempts=ATTEMPTS, wait_initial=FIRST_WAIT_SECONDS, timeout=None
            ):
                with attempt:
                    self._go_on(model, file, part, progress)
        if not _is_as_described(part, file):
            part.unlink()
            raise ModelError(
                f"{model.repository}: {file.name} is not the file the hub describes; fetch it again"
            )
        part.replace(target)

    def _go_on(self, model: HubModel, file: HubFile, part: Path, progress: FetchProgress) -> None:
        have = part.stat().st_size if part.exists() else 0
        if have == file.size:
            return
        url = self._library.hf_hub_url(
            model.repository, file.name, revision=model.commit, endpoint=self._endpoint
        )
        # Compressed on the way, the rest of a file would not begin where the part ends.
        headers = self._tools.build_hf_headers(library_name="goodsight") | {
            "Accept-Encoding": "identity"
        }
        if 0 < have < file.size:
            headers["Range"] = f"bytes={have}-"
        with self._tools.get_session().stream(
            "GET", url, headers=headers, timeout=TIMEOUT_SECONDS, follow_redirects=True
        ) as response:
            self._tools.hf_raise_for_status(response)
            goes_on = response.status_code == PARTIAL_CONTENT
            with part.open("ab" if goes_on else "wb") as out:
                done = out.tell()
                for chunk in response.iter_bytes():
                    done += out.write(chunk)
                    # Whatever the hub sends: no more is kept than it announced.
                    if done > file.size:
                        out.truncate(0)
                        raise ModelError(
                            f"{file.name}: more than the {file.size:,} bytes announced"
                        )
                    progress(file.name, done, file.size)
        if done < file.size:
            raise ConnectionError(f"it ended after {done:,} of {file.size:,} bytes")

    def _passes(self, error: Exception) -> bool:
        """Whether it may go better in a moment: a broken line, a server that is busy."""
        import httpx2

        if isinstance(error, self._errors.HfHubHTTPError):
            return error.response.status_code in {408, 429} or error.response.status_code >= 500
        if isinstance(error, self._errors.OfflineModeIsEnabled):
            return False
        return isinstance(error, (httpx2.TransportError, ConnectionError))

    @contextmanager
    def _translated(self, what: str) -> Iterator[None]:
        import httpx2

        errors = self._errors
        try:
            yield
        except errors.OfflineModeIsEnabled as error:
            raise ModelError(f"{what}: HF_HUB_OFFLINE forbids to ask the hub") from error
        except errors.GatedRepoError as error:
            raise ModelError(
                f"{what}: its owner wants to be asked. Agree to the terms there, then give your"
                " token as HF_TOKEN, or log in with: hf auth login"
            ) from error
        except errors.RevisionNotFoundError as error:
            raise ModelError(f"{what}: there is no such revision; leave out @REVISION") from error
        except errors.RepositoryNotFoundError as error:
            raise ModelError(
                f"{what}: there is no such model. Check the name; a private one needs your token"
                " as HF_TOKEN"
            ) from error
        except errors.HfHubHTTPError as error:
            raise ModelError(
                f"{what}: the hub answered {error.response.status_code}; try again later. The"
                " files that came are kept"
            ) from error
        except (httpx2.HTTPError, ConnectionError) as error:
            cause = _one_line(error) or type(error).__name__
            raise HubError(f"{what}: the hub cannot be reached ({cause}): {HINT}") from error


def _file(sibling: Any) -> HubFile:
    large = sibling.lfs
    return HubFile(
        name=str(sibling.rfilename),
        size=int((large and large.size) or sibling.size or 0),
        sha256=large and large.sha256,
        git_hash=None if large else sibling.blob_id,
    )


def _is_as_described(path: Path, file: HubFile) -> bool:
    if file.sha256 is None and file.git_hash is None:
        return path.stat().st_size == file.size
    with path.open("rb") as content:
        if file.sha256 is not None:
            return hashlib.file_digest(content, "sha256").hexdigest() == file.sha256
        # Git's own name for a content; nothing is kept secret by it.
        digest = hashlib.sha1(b"blob %d\0" % file.size, usedforsecurity=False)
        digest.update(content.read())
        return digest.hexdigest() == file.git_hash


def _one_line(value: object) -> str:
    """What strangers wrote, fit to be shown on a terminal."""
    text = "".join(letter if letter.isprintable() else " " for letter in str(value))
    return " ".join(text.split())[:200]
