"""`goodsight tune`: a model that learns the shop; proven, then switched to, or refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goodsight.cli.interrupt import stop_on_interrupt
from goodsight.cli.options import ACTOR, Collection, Database, Home, JsonOutput, open_shop
from goodsight.cli.output import message, print_json, print_result
from goodsight.cli.tune_extra import tune_extra
from goodsight.cli.tune_progress import TuneProgress
from goodsight.core.errors import UsageError

if TYPE_CHECKING:
    from goodsight.core.tuning import TuningRun
    from goodsight.shop import Shop
    from goodsight.training.backbone_report import BackboneSettings
    from goodsight.training.head_report import HeadSettings
    from goodsight.training.tuning_options import TuneOptions

__all__ = ["tune"]

REFUSED = 4


def tune(
    method: Annotated[
        str,
        typer.Option(
            help="head: photos of one product belong together, learnt on top of the model."
            " backbone: the same, learnt by the network itself: better, and an hour rather than"
            " minutes. self-supervised: each photo and what it may look like, without any labels."
        ),
    ] = "head",
    loss: Annotated[
        str | None,
        typer.Option(help="cosface, arcface, proxy-anchor or supcon: the method's own."),
    ] = None,
    dimension: Annotated[
        int | None, typer.Option(help="Numbers of a vector at most: as many as pay.", min=16)
    ] = None,
    epochs: Annotated[int | None, typer.Option(help="Times through the photos.", min=1)] = None,
    augmentations: Annotated[
        int, typer.Option(help="Views made of each photo, besides its parts.", min=0, max=8)
    ] = 1,
    network: Annotated[
        str | None,
        typer.Option(
            help="backbone: the network to begin with, the collection's own unless named: a"
            " bundled one, timm:NAME, open_clip:NAME, or a folder as published."
        ),
    ] = None,
    weights: Annotated[
        Path | None, typer.Option(help="backbone: a file of that network's weights.")
    ] = None,
    stages: Annotated[
        float | None,
        typer.Option(
            help="backbone: the share of the network's stages that learns.", min=0.01, max=1.0
        ),
    ] = None,
    lora: Annotated[
        int | None,
        typer.Option(help="backbone: of a transformer train adapters of this rank.", min=1),
    ] = None,
    from_folder: Annotated[
        Path | None,
        typer.Option(
            help="Photos sorted into folders, to learn from too; one named after a product's id"
            " shows that product."
        ),
    ] = None,
    unlabelled: Annotated[
        Path | None,
        typer.Option(
            help="Photos that nobody sorted, to learn from where the catalogue is sure of them;"
            " never searched."
        ),
    ] = None,
    confidence: Annotated[
        float | None,
        typer.Option(help="How sure it has to be of them, 0 to 1: 0.7.", min=0.0, max=1.0),
    ] = None,
    seed: Annotated[int, typer.Option(help="Another one deals the photos anew.")] = 0,
    force: Annotated[
        bool, typer.Option("--force", help="Switch against the verdict; it is recorded.")
    ] = False,
    home: Home = None,
    database: Database = None,
    collection: Collection = None,
    json: JsonOutput = False,
) -> None:
    """Tune the model on the collection's own photos, prove it, and switch to it.

    Exit code 4 where it is not proven better: nothing changes then. goodsight model rollback
    undoes a switch. An interrupted run is taken up by running it again.
    """
    from goodsight.rendering import tuning_run_document, verdict_table

    with tune_extra("tuning"):
        from goodsight.training.pseudo_labels import LEAST_CONFIDENCE
        from goodsight.training.tuning_options import BACKBONE, TuneOptions
    if stages is not None and method != BACKBONE:
        raise UsageError(f"--stages goes with --method {BACKBONE}")
    options = TuneOptions(
        method=method,
        augmentations=augmentations,
        force=force,
        folder=from_folder,
        unlabelled=unlabelled,
        confidence=LEAST_CONFIDENCE if confidence is None else confidence,
        network=network,
        weights=weights,
        lora=lora,
    )
    if method == BACKBONE:
        options = replace(options, backbone=_backbone(loss, dimension, epochs, stages, seed))
    else:
        options = replace(options, head=_head(loss, dimension, epochs, seed))
    with (
        open_shop(home, database, collection) as shop,
        stop_on_interrupt() as should_stop,
        TuneProgress() as progress,
    ):
        run = _run(shop, options, progress, should_stop)
        if run.status == "switched":
            details = {"run": run.id, "forced": run.forced}
            shop.audit().write(ACTOR, "tune model", shop.collection, details)
    if json:
        print_json(tuning_run_document(run))
    elif run.record.verdict is not None:
        print_result(verdict_table(run.record.verdict))
    _tell_end(run)


def _head(loss: str | None, dimension: int | None, epochs: int | None, seed: int) -> HeadSettings:
    with tune_extra("tuning"):
        from goodsight.training.head_report import HeadSettings
        from goodsight.training.losses import LossName

    from goodsight.asking import choice

    own = HeadSettings()
    return HeadSettings(
        loss=own.loss if loss is None else choice(LossName, loss, named="loss"),
        dimension=dimension or own.dimension,
        epochs=epochs or own.epochs,
        seed=seed,
    )


def _backbone(
    loss: str | None,
    dimension: int | None,
    epochs: int | None,
    stages: float | None,
    seed: int,
) -> BackboneSettings:
    from goodsight.asking import choice
    from goodsight.training.backbone_report import BackboneSettings
    from goodsight.training.losses import LossName

    own = BackboneSettings()
    return BackboneSettings(
        loss=own.loss if loss is None else choice(LossName, loss, named="loss"),
        epochs=epochs or own.epochs,
        stages=stages or own.stages,
        dimension=dimension or own.dimension,
        seed=seed,
    )


def _run(
    shop: Shop, options: TuneOptions, progress: TuneProgress, should_stop: Callable[[], bool]
) -> TuningRun:
    with tune_extra("tuning"):
        from goodsight.training.tuner import Tuner

        return Tuner(shop).tune(options, progress, should_stop=should_stop)


def _tell_end(run: TuningRun) -> None:
    """What it came to, and the exit code."""
    if told := dict(run.record.settings).get("unlabelled photos"):
        message(f"unlabelled photos learnt from: {told}")
    if run.status == "switched":
        forced = " against the verdict, as --force wants" if run.forced else ""
        message(f"run {run.id}: switched{forced}; goodsight model rollback undoes it")
    else:
        message(f"run {run.id}: refused, nothing has changed; --force would switch all the same")
        raise typer.Exit(REFUSED)
