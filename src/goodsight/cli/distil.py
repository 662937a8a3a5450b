"""`goodsight model distil`: a small model taught by a large one, and what that costs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goodsight.cli.interrupt import stop_on_interrupt
from goodsight.cli.options import Collection, Database, Home, JsonOutput, open_shop
from goodsight.cli.output import message, print_json, print_result
from goodsight.cli.tune_extra import tune_extra
from goodsight.cli.tune_progress import TuneProgress

if TYPE_CHECKING:
    from goodsight.training.distillation import DistilOptions

__all__ = ["distil"]


def distil(
    student: Annotated[
        str,
        typer.Argument(
            help="The small network: a bundled model, timm:NAME, open_clip:NAME, or a folder as"
            " published."
        ),
    ],
    teacher: Annotated[
        str | None, typer.Option(help="The large model: the collection's own.", metavar="NAME")
    ] = None,
    to: Annotated[
        str | None,
        typer.Option("--to", help="The new model's name: STUDENT-from-TEACHER.", metavar="NAME"),
    ] = None,
    weights: Annotated[Path | None, typer.Option(help="A file of the student's weights.")] = None,
    epochs: Annotated[int | None, typer.Option(help="Times through the photos.", min=1)] = None,
    home: Home = None,
    database: Database = None,
    collection: Collection = None,
    json: JsonOutput = False,
) -> None:
    """Teach a small model what a large one sees in the collection's photos.

    No labels are needed. Both are measured in one run, on photos kept aside. It is kept whatever
    it loses; goodsight collection re-embed switches to it. An interrupted run is taken up
    by running it again.
    """
    from goodsight.rendering import distilled_document, distilled_table

    with tune_extra("teaching a model"):
        from goodsight.training.distillation import Distiller
    options = _options(student, teacher, to, weights, epochs)
    with (
        open_shop(home, database, collection) as shop,
        stop_on_interrupt() as should_stop,
        TuneProgress() as progress,
    ):
        found = Distiller(shop).distil(options, progress, should_stop=should_stop)
    print_json(distilled_document(found)) if json else print_result(distilled_table(found))
    message(
        f"kept; use it with: goodsight collection re-embed {shop.collection}"
        f" --model {found.card.name}"
    )
    if found.is_worse:
        message("it finds less than its teacher by more than a point: look twice")


def _options(
    student: str, teacher: str | None, name: str | None, weights: Path | None, epochs: int | None
) -> DistilOptions:
    from goodsight.training.backbone_report import BackboneSettings
    from goodsight.training.distillation import DistilOptions

    own = BackboneSettings()
    settings = BackboneSettings(epochs=epochs or own.epochs)
    return DistilOptions(student, teacher, name, weights, settings)
