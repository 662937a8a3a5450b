"""tune(): a collection's photos -> training -> proof -> verdict -> switch, or refusal.

What is trained is a head (`head_tuning`) or the network itself (`backbone_tuning`). Nothing
that is in use changes before the switch. What was made so far is kept in the home and taken up
by the next run of the same settings.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable

from goodsight.core.errors import InputError, Interrupted, UsageError
from goodsight.core.ports import ImageEncoder, TextEncoder
from goodsight.core.tuning import TuningRecord, TuningRun, TuningStatus
from goodsight.reading import CollectionReader
from goodsight.training.backbone_tuning import tune_backbone
from goodsight.training.head_tuning import tune_head
from goodsight.training.labelled_folder import labelled_photos, with_labelled
from goodsight.training.shop_photos import ShopPhotos
from goodsight.training.tuning_options import BACKBONE, METHODS, TuneOptions, TuningWatch

__all__ = ["Tuner"]


class Tuner:
    """Tunes one collection."""

    def __init__(self, reader: CollectionReader) -> None:
        self._reader = reader
        self._wiring = reader.wiring
        name = hashlib.sha256(reader.collection.encode()).hexdigest()[:16]
        self._folder = self._wiring.settings.home / "tuning" / name

    def tune(
        self,
        options: TuneOptions,
        watch: TuningWatch,
        *,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> TuningRun:
        """Tune, prove and switch, or refuse; the run as it was recorded.

        Raises MissingExtra without the extra `tune`, UsageError where the collection's model
        cannot be tuned, InputError where there is too little to learn from, ModelError,
        StoreError, and Interrupted once `should_stop` says True.
        """
        if options.method not in METHODS:
            raise UsageError(f"method '{options.method}': one of {', '.join(METHODS)}")
        if options.method != BACKBONE and (options.network or options.weights or options.lora):
            raise UsageError(
                f"method '{options.method}' leaves the network as it is: network, weights and LoRA"
                f" are for method '{BACKBONE}'"
            )
        if options.unlabelled is not None and options.method != "head":
            raise UsageError("photos without labels are for the method head, which gives them some")
        if options.unlabelled is not None and not options.unlabelled.is_dir():
            raise InputError(f"{options.unlabelled}: no such folder")
        if not 0 < options.confidence <= 1:
            raise UsageError(f"a confidence of {options.confidence:g}: above 0, and at most 1")
        encoder = self._reader.base_encoder()
        if isinstance(encoder, TextEncoder):
            raise UsageError(
                f"{encoder.card.name} sees texts too, which what is learnt from photos would leave"
                " behind; tune a collection of another model"
            )
        runs = self._wiring.store().tuning_runs(self._reader.collection)
        with runs.begin(options.method) as run:
            try:
                photos = self._photos(encoder, options, watch, should_stop)
                work = tune_backbone if options.method == BACKBONE else tune_head
                work(run, self._reader, photos, options, watch, should_stop, self._folder)
            except (Interrupted, KeyboardInterrupt):
                run.finish(TuningStatus.INTERRUPTED, TuningRecord(reason="stopped as asked"))
                raise
        found = runs.run(run.id)
        assert found is not None  # noqa: S101 - just recorded
        if found.status is TuningStatus.SWITCHED:
            shutil.rmtree(self._folder, ignore_errors=True)
        return found

    def _photos(
        self,
        encoder: ImageEncoder,
        options: TuneOptions,
        watch: TuningWatch,
        should_stop: Callable[[], bool],
    ) -> ShopPhotos:
        photos = ShopPhotos.of(self._reader)
        if options.folder is None:
            return photos
        labelled = list(
            labelled_photos(
                self._reader,
                encoder,
                options.folder,
                skipped=watch.skipped,
                should_stop=should_stop,
            )
        )
        return with_labelled(photos, labelled)
