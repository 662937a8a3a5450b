"""A shop's models: those that others published taken in, the one in use examined and switched."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypedDict, Unpack

from goodsight.auditing import Auditor
from goodsight.core.types import ModelCard
from goodsight.learning import Learner
from goodsight.listening import Listener
from goodsight.quantising import Quantiser
from goodsight.reembedding import ReEmbedder
from goodsight.replacing import Replacer
from goodsight.shortening import Shortener
from goodsight.switching import Switcher

__all__ = ["Adopter", "PublishedOptions"]


class PublishedOptions(TypedDict, total=False):
    """What a caller may say about a model of the hub.

    `variant` is one of `goodsight.hub.VARIANTS`, "fp32" unless said otherwise; `accept_licence`
    agrees to a licence that is not permissive; `progress` hears of a file, its bytes so far and
    in all.
    """

    variant: str
    accept_licence: bool
    progress: Callable[[str, int, int], None]


class Adopter(Listener):
    """A shop's models: those there are, and those taken in."""

    def models(self) -> tuple[ModelCard, ...]:
        """The models that can be used here."""
        library = self._wiring.models
        return tuple(library.card(name) for name in library.names())

    def model(self, name: str) -> ModelCard:
        """One model's card. Raises ModelError."""
        return self._wiring.models.card(name)

    def add_model(
        self, source: str | Path, name: str | None = None, **choices: Unpack[PublishedOptions]
    ) -> ModelCard:
        """Add a model folder (`model.onnx`, `model.json`), or one of the hub, after checking it.

        `source` is the folder, or hf:ORG/NAME[@REVISION], to which `choices` apply. Raises
        ModelError, UsageError, MissingExtra.
        """
        if isinstance(source, str) and source.startswith("hf:"):
            return self._adopt(source, name, **choices)
        return self._wiring.models.add(Path(source), name)

    def learner(self) -> Learner:
        """For learning from the catalogue and from labelled queries."""
        return Learner(self._wiring, self)

    def switcher(self) -> Switcher:
        """For going back to a former model, and forward again."""
        return Switcher(self._wiring, self)

    def quantiser(self) -> Quantiser:
        """For making models of 8 bits."""
        return Quantiser(self._wiring, self)

    def replacer(self) -> Replacer:
        """For searching with another model: embedded, learnt from and switched to at once."""
        return Replacer(self._wiring, self)

    def re_embedder(self) -> ReEmbedder:
        """For searching with another model, step by step: embed, learn, switch or drop."""
        return ReEmbedder(self._wiring, self)

    def shortener(self) -> Shortener:
        """For cutting vectors to fewer numbers."""
        return Shortener(self._wiring, self)

    def auditor(self) -> Auditor:
        """For examining the model in use."""
        return Auditor(self._wiring, self)

    def _adopt(
        self, address: str, name: str | None, **choices: Unpack[PublishedOptions]
    ) -> ModelCard:
        from goodsight.hub import Hub, fetch_model_folder, name_of, parse_address

        variant = choices.get("variant", "fp32")
        published = parse_address(address)
        name = name or name_of(published.repository, variant)
        # Not after a gigabyte has come.
        self._wiring.models.check_new_name(name)
        hub = Hub()
        model = hub.describe(published)
        draft = f"{model.repository.replace('/', '--')}-{model.commit}-{variant}"
        # Kept where a download is cut off: the next attempt goes on with it.
        folder = self._wiring.settings.home / "models" / "downloads" / draft
        fetch_model_folder(
            hub,
            model,
            folder,
            name=name,
            variant=variant,
            accept_licence=choices.get("accept_licence", False),
            progress=choices.get("progress", lambda *_: None),
        )
        try:
            return self._wiring.models.add(folder, name)
        finally:
            # Whether it fits or not, what came is whole: it would come again the same.
            shutil.rmtree(folder, ignore_errors=True)
