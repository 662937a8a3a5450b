"""`goodsight model export`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goodsight.cli.options import Home, JsonOutput, open_shop
from goodsight.cli.output import message, print_json, print_result
from goodsight.cli.tune_extra import tune_extra

if TYPE_CHECKING:
    from goodsight.training.network_export import ExportedModel

__all__ = ["export"]

TIMM = "timm:"


def export(
    source: Annotated[
        str,
        typer.Argument(
            help="timm:NAME, such as timm:resnet50, or a folder with config.json and safetensors."
        ),
    ],
    folder: Annotated[Path, typer.Argument(help="A new folder for the model.")],
    weights: Annotated[
        Path | None,
        typer.Option(help="Your own weights: safetensors, or a torch checkpoint of tensors alone."),
    ] = None,
    pretrained: Annotated[
        bool,
        typer.Option(help="Fetch the published weights, or leave them random to try a network."),
    ] = True,
    name: Annotated[str | None, typer.Option(help="How the model is called: timm-NAME.")] = None,
    licence: Annotated[str | None, typer.Option(help="The weights' licence.")] = None,
    add: Annotated[bool, typer.Option("--add", help="Add the model to the shop at once.")] = False,
    home: Home = None,
    json: JsonOutput = False,
) -> None:
    """Export a network from PyTorch into a model folder, compared with PyTorch's own vectors."""
    from goodsight.rendering import model_document, model_lines

    exported = _exported(source, folder, weights, pretrained, name, licence)
    parity = exported.parity
    message(
        f"exported to {folder}: {exported.size_bytes / 1e6:.0f} MB,"
        f" {exported.card.dimension} numbers a photo; cosine with PyTorch at least"
        f" {parity.cosine:.7f} over {parity.examples} examples,"
        f" difference at most {parity.difference:.1e}"
    )
    if add:
        with open_shop(home, None, None) as shop:
            card = shop.add_model(folder, name)
        message(f"added; use it with: goodsight index SOURCE --collection NEW --model {card.name}")
    else:
        message(f"add it with: goodsight model add {folder}")
    print_json(model_document(exported.card)) if json else print_result(model_lines(exported.card))


def _exported(
    source: str,
    folder: Path,
    weights: Path | None,
    pretrained: bool,
    name: str | None,
    licence: str | None,
) -> ExportedModel:
    from goodsight.core.errors import UsageError

    published = Path(source)
    if not source.startswith(TIMM) and not published.is_dir():
        raise UsageError(
            f"'{source}' is neither timm:NAME, such as timm:resnet50, nor a folder of a published"
            " model with config.json and safetensors"
        )
    if not source.startswith(TIMM) and (weights is not None or not pretrained):
        raise UsageError("--weights and --no-pretrained are for timm:NAME: a folder has its own")
    with tune_extra("exporting a model"):
        if not source.startswith(TIMM):
            from goodsight.training.transformers_export import export_transformers

            return export_transformers(published, folder, name=name, licence=licence)
        from goodsight.training.timm_networks import TimmSource, export_timm

        wanted = TimmSource(source.removeprefix(TIMM), weights, pretrained)
        return export_timm(wanted, folder, name=name, licence=licence)
