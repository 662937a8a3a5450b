"""`goodsight model list|show|add|export|quantise|distil`, and what `kept_models` has."""

from __future__ import annotations

from typing import Annotated

import typer

from goodsight.cli import kept_models
from goodsight.cli.distil import distil
from goodsight.cli.export import export
from goodsight.cli.fetch_lines import FetchLines
from goodsight.cli.options import Home, JsonOutput, open_shop
from goodsight.cli.output import message, print_json, print_result
from goodsight.cli.quantise import quantise

__all__ = ["app"]

app = typer.Typer(help="Models that turn photos into vectors.", no_args_is_help=True)


@app.command("list")
def list_models(home: Home = None, json: JsonOutput = False) -> None:
    """List the models that can be used."""
    from goodsight.rendering import model_document, models_table

    with open_shop(home, None, None) as shop:
        cards = shop.models()
    if json:
        print_json([model_document(card) for card in cards])
    else:
        print_result(models_table(cards))


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="The model's name.")],
    home: Home = None,
    json: JsonOutput = False,
) -> None:
    """Show one model: preprocessing, licence, hashes, space."""
    from goodsight.rendering import model_document, model_lines

    with open_shop(home, None, None) as shop:
        card = shop.model(name)
    print_json(model_document(card)) if json else print_result(model_lines(card))


@app.command()
def add(
    source: Annotated[
        str,
        typer.Argument(help="A folder with model.onnx and model.json, or hf:ORG/NAME[@REVISION]."),
    ],
    name: Annotated[str | None, typer.Option(help="Another name than the model's own.")] = None,
    variant: Annotated[
        str, typer.Option(help="Of a model of the hub: fp32, fp16, quantized, int8, q4 and more.")
    ] = "fp32",
    accept_licence: Annotated[
        bool, typer.Option("--accept-licence", help="Agree to a licence that is not permissive.")
    ] = False,
    home: Home = None,
    json: JsonOutput = False,
) -> None:
    """Check a model folder or fetch one from the hub, and add it.

    Then: goodsight index SOURCE --model NAME.
    """
    from goodsight.rendering import model_document, model_lines

    with open_shop(home, None, None) as shop, FetchLines() as lines:
        card = shop.add_model(
            source, name, variant=variant, accept_licence=accept_licence, progress=lines.update
        )
    message(f"licence: {card.licence}; source: {card.source}")
    message(f"added; use it with: goodsight index SOURCE --collection NEW --model {card.name}")
    print_json(model_document(card)) if json else print_result(model_lines(card))


app.command()(export)
app.command()(quantise)
app.command()(distil)
app.command()(kept_models.spaces)
app.command()(kept_models.runs)
app.command()(kept_models.rollback)
app.command()(kept_models.use)
app.command()(kept_models.prune)
app.command()(kept_models.audit)
