"""The models that can be used: bundled ones by name, and those a shop added.

A bundled model's graph is built from its weight package once and kept in `bundled/` under the
models folder; added models are copied to `added/NAME/`.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from goodsight.core.errors import ModelError, ModelNameError
from goodsight.core.types import ModelCard
from goodsight.encoders.bundled import BUNDLED, BundledModel, JoinedModel
from goodsight.encoders.joined import JoinedEncoder, join_encoders
from goodsight.encoders.joined_folder import files_of, open_folder, write_parts
from goodsight.encoders.model_folder import NetworkFiles
from goodsight.encoders.model_writing import write_network
from goodsight.encoders.onnx_encoder import OnnxEncoder, make_encoder, open_session

__all__ = ["DEFAULT_PROVIDERS", "ModelLibrary"]

DEFAULT_PROVIDERS = ("CPUExecutionProvider",)


class ModelLibrary:
    """Models below one folder. Several processes may use it at once."""

    def __init__(self, folder: Path, *, providers: Sequence[str] = DEFAULT_PROVIDERS) -> None:
        self._folder = folder
        self._providers = tuple(providers)

    def names(self) -> tuple[str, ...]:
        """Bundled models, then added ones, by name."""
        added = self._folder / "added"
        folders = sorted(p.name for p in added.iterdir() if p.is_dir()) if added.is_dir() else []
        return (*BUNDLED, *(name for name in folders if _is_name(name)))

    def is_bundled(self, name: str) -> bool:
        """Whether a model came with Goodsight, not from a shop."""
        return name in BUNDLED

    def card(self, name: str) -> ModelCard:
        """A model's card; an added model is opened for it. Raises ModelError."""
        if name in BUNDLED:
            return BUNDLED[name].card()
        return self._open_added(name).card

    def open(self, name: str) -> OnnxEncoder | JoinedEncoder:
        """The named model. Raises ModelError, and MissingExtra if its weights are absent."""
        if name not in BUNDLED:
            return self._open_added(name)
        bundled = BUNDLED[name]
        if isinstance(bundled, JoinedModel):
            return join_encoders(name, [self._open_bundled(part) for part in bundled.parts])
        return self._open_bundled(bundled)

    def _open_bundled(self, bundled: BundledModel) -> OnnxEncoder:
        session = open_session(self._bundled_graph(bundled), self._providers)
        return make_encoder(session, bundled.card(), bundled.outputs)

    def add(self, folder: Path, name: str | None = None) -> ModelCard:
        """Check a folder of one network or several and copy it, under its own or the given name.

        Raises ModelError for a folder that does not fit, or a name that is taken.
        """
        encoder = open_folder(folder, self._providers)
        name = name or encoder.card.name
        self.check_new_name(name)
        try:
            return self._copy(folder, name)
        except OSError as error:
            raise ModelError(f"no model can be kept in {self._folder}: {error}") from error

    def check_new_name(self, name: str) -> None:
        """Raises ModelNameError where no new model can have that name."""
        if not _is_name(name):
            raise ModelNameError(f"name '{name}': use letters, digits, dots and dashes")
        if name in self.names():
            raise ModelNameError(f"there is a model '{name}' already; give another name")

    @contextmanager
    def draft(self) -> Iterator[Path]:
        """A folder to make a model in, which goes at the end, whatever happens.

        Raises ModelError where nothing can be written here.
        """
        added = self._folder / "added"
        try:
            added.mkdir(parents=True, exist_ok=True)
            work = tempfile.TemporaryDirectory(dir=added, prefix=".")
        except OSError as error:
            raise ModelError(f"no model can be kept in {self._folder}: {error}") from error
        with work as folder:
            yield Path(folder)

    def write_folder(self, name: str, folder: Path) -> None:
        """Write a model, bundled or added, into an empty folder as a folder of its own.

        Raises ModelError, MissingExtra.
        """
        try:
            if name not in BUNDLED:
                added = self._added(name)
                for file in files_of(added):
                    shutil.copyfile(added / file, folder / file)
                return
            bundled = BUNDLED[name]
            parts = bundled.parts if isinstance(bundled, JoinedModel) else (bundled,)
            for part in parts:
                one = NetworkFiles() if part is bundled else NetworkFiles.of_part(part.name)
                write_network(folder, one, self._bundled_graph(part), part.card(), part.outputs)
            if isinstance(bundled, JoinedModel):
                write_parts(folder, name, [part.name for part in parts])
        except OSError as error:
            raise ModelError(f"{folder}: cannot be written: {error.strerror}") from error

    def _copy(self, folder: Path, name: str) -> ModelCard:
        target = self._folder / "added" / name
        # Copied beside the target and renamed: a crash leaves no half a model. Opened again,
        # because the original may have changed since it was checked.
        with self.draft() as work:
            copy = work / name
            copy.mkdir()
            for file in files_of(folder):
                shutil.copyfile(folder / file, copy / file)
            card = open_folder(copy, self._providers, name=name).card
            copy.rename(target)
        return card

    def _open_added(self, name: str) -> OnnxEncoder | JoinedEncoder:
        return open_folder(self._added(name), self._providers, name=name)

    def _added(self, name: str) -> Path:
        folder = self._folder / "added" / name
        if not _is_name(name) or not folder.is_dir():
            raise ModelNameError(f"no model '{name}'; there is {', '.join(self.names())}")
        return folder

    def _bundled_graph(self, bundled: BundledModel) -> bytes:
        """The kept graph if it is whole, else a new one, kept for next time."""
        path = self._folder / "bundled" / f"{bundled.name}-{bundled.space}.onnx"
        seal = path.with_suffix(".sha256")
        with suppress(OSError):
            content = path.read_bytes()
            if _sealed(content) == seal.read_bytes():
                return content
        content = bundled.build()
        # A folder that cannot be written costs a second each time, not the search.
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, content)
            _write(seal, _sealed(content))
        return content


def _sealed(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode("ascii")


def _write(path: Path, content: bytes) -> None:
    """Write whole or not at all, whoever else writes the same."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".") as work:
        draft = Path(work) / path.name
        draft.write_bytes(content)
        draft.replace(path)


def _is_name(name: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", name) is not None
