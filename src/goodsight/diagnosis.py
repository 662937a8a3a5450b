"""What `goodsight doctor` looks at: the installation, the model, the home, the store.

A check never raises for what it can report: each says whether it is well, and if not, what
mends it.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from goodsight.core.errors import GoodsightError, MissingExtra, PhotoError
from goodsight.core.reports import Check, ModelInUse
from goodsight.core.types import Photo
from goodsight.home_files import leftovers
from goodsight.profiles import PROFILES
from goodsight.wiring import Wiring

if TYPE_CHECKING:
    from goodsight.encoders import ModelLibrary

__all__ = ["diagnose"]

MINIMUM_PYTHON = (3, 11)
MINIMUM_FREE_BYTES = 1 << 30
SAMPLED_THUMBNAILS = 50
FIX = "goodsight doctor --fix mends it"
SHOWN_PACKAGES = ("goodsight", "onnxruntime", "numpy", "pillow", "psycopg")


def diagnose(wiring: Wiring) -> Iterator[Check]:
    """All checks, in the order in which one thing needs the next."""
    yield _python()
    yield _packages()
    yield _home(wiring)
    yield _free_space(wiring)
    for profile, model in PROFILES.items():
        yield _model(wiring, profile, model)
    yield from _added_models(wiring)
    yield _leftovers(wiring)
    yield from _server_files(wiring)
    yield from _store(wiring)


def _python() -> Check:
    ok = sys.version_info >= MINIMUM_PYTHON
    wanted = ".".join(map(str, MINIMUM_PYTHON))
    remedy = f"install Python {wanted} or newer"
    return Check("Python", ok, f"{platform.python_version()} on {platform.system()}", remedy)


def _packages() -> Check:
    versions = (f"{name} {importlib.metadata.version(name)}" for name in SHOWN_PACKAGES)
    return Check("packages", True, ", ".join(versions))


def _home(wiring: Wiring) -> Check:
    home = wiring.settings.home
    remedy = f"make {home} a folder you may write to, or name another with --home"
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return Check("home", False, f"{home}: {error.strerror}", remedy)
    return Check("home", os.access(home, os.W_OK | os.X_OK), str(home), remedy)


def _free_space(wiring: Wiring) -> Check:
    try:
        free = shutil.disk_usage(wiring.settings.home).free
    except OSError as error:
        return Check("disk", False, str(error), "see the check of the home")
    detail = f"{free / 1e9:.1f} GB free"
    return Check("disk", free >= MINIMUM_FREE_BYTES, detail, "make room: 1 GB at least")


def _model(wiring: Wiring, profile: str, name: str) -> Check:
    label = f"profile {profile}"
    try:
        encoder = wiring.encoder(name)
        grey = Photo("grey", "", np.full((64, 64, 3), 127, dtype=np.uint8), 64, 64)
        length = float(np.linalg.norm(encoder.encode_photos([grey]).vectors))
    except MissingExtra as missing:
        # An extra is a choice: its absence is told, not blamed.
        return Check(label, True, f"not installed; {missing}")
    except GoodsightError as error:
        return Check(label, False, str(error), "install goodsight again")
    detail = f"{name}, {encoder.card.dimension} dimensions, space {encoder.card.space}"
    return Check(label, abs(length - 1) < 1e-3, detail, "install goodsight again")


def _added_models(wiring: Wiring) -> Iterator[Check]:
    library = wiring.models
    for name in library.names():
        if not library.is_bundled(name):
            yield _added_model(library, name)


def _added_model(library: ModelLibrary, name: str) -> Check:
    remedy = "add it again: goodsight model add FOLDER"
    try:
        return Check(f"model {name}", True, f"space {library.card(name).space}", remedy)
    except GoodsightError as error:
        return Check(f"model {name}", False, str(error), remedy)


def _leftovers(wiring: Wiring) -> Check:
    found = ", ".join(str(path) for path in leftovers(wiring.settings.home))
    return Check("no half-written files", not found, found or "none", FIX)


def _server_files(wiring: Wiring) -> Iterator[Check]:
    pid = wiring.store().dead_server()
    if pid is not None:
        remedy = "the next start recovers from its log; goodsight doctor --fix starts it"
        yield Check("embedded server", False, f"process {pid} ended without stopping", remedy)


def _collections(wiring: Wiring) -> Iterator[Check]:
    """What needs models and pictures beside the database."""
    store = wiring.store()
    for name in store.names():
        products = store.open(name)
        now = products.in_use()
        yield _own_model(wiring, now, name)
        yield from _other_models(wiring, now, name)
        samples = products.sampled_photos(SAMPLED_THUMBNAILS)
        thumbnails = products.thumbnails([photo.content_hash for photo in samples])
        broken = [key for key, data in thumbnails.items() if not _can_be_shown(wiring, data)]
        detail = f"{len(broken)} of {len(thumbnails)} do not" if broken else "all looked at do"
        title = f"thumbnails of '{name}' can be shown"
        yield Check(title, not broken, detail, "restore a backup")


def _own_model(wiring: Wiring, now: ModelInUse, name: str) -> Check:
    remedy = f"bring back the {now.model} it was indexed with: restore a backup, or add it again"
    return _is_here(wiring, f"model of '{name}'", now.model, now.encoder_space, remedy)


def _other_models(wiring: Wiring, now: ModelInUse, name: str) -> Iterator[Check]:
    """Those to go back to, and one that is to come."""
    store = wiring.store()
    kept = {(space.model, space.encoder_space) for space in store.spaces(name).kept_spaces()}
    remedy = "add it again, or give up going back to it: goodsight model prune"
    for model, space in sorted(kept - {(now.model, now.encoder_space)}):
        yield _is_here(wiring, f"former model of '{name}'", model, space, remedy)
    begun = store.encoder_changes(name).begun()
    if begun is not None:
        detail = f"{begun.photos:,} photos embedded; goodsight collection re-embed {name} goes on"
        yield Check(f"'{name}' on its way to {begun.model}", True, detail)


def _is_here(wiring: Wiring, title: str, model: str, space: str, remedy: str) -> Check:
    """Whether a model is the one that vectors came from."""
    try:
        same = wiring.models.card(model).space == space
    except MissingExtra as missing:
        return Check(title, True, str(missing))
    except GoodsightError as error:
        return Check(title, False, str(error), remedy)
    detail = model if same else f"{model} is not the one its vectors came from"
    return Check(title, same, detail, remedy)


def _can_be_shown(wiring: Wiring, thumbnail: bytes) -> bool:
    try:
        wiring.decode_upload(thumbnail)
    except PhotoError:
        return False
    return True


def _store(wiring: Wiring) -> Iterator[Check]:
    try:
        checks = wiring.store().checks()
        yield from checks
        # Where the database cannot be reached, that is all there is to say.
        if all(check.ok for check in checks if check.name == "database"):
            yield from _collections(wiring)
    except GoodsightError as error:
        yield Check("database", False, str(error), "see the message; then run doctor again")
