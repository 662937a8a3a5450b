"""`goodsight model list|show|add`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from goodsight.cli.options import Home, JsonOutput, open_shop
from goodsight.cli.output import message, print_json, print_result

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
    folder: Annotated[Path, typer.Argument(help="A folder with model.onnx and model.json.")],
    name: Annotated[str | None, typer.Option(help="Another name than model.json's.")] = None,
    home: Home = None,
    json: JsonOutput = False,
) -> None:
    """Check a model folder and add it; then: goodsight index SOURCE --model NAME."""
    from goodsight.rendering import model_document, model_lines

    with open_shop(home, None, None) as shop:
        card = shop.add_model(folder, name)
    message(f"added; use it with: goodsight index SOURCE --collection NEW --model {card.name}")
    print_json(model_document(card)) if json else print_result(model_lines(card))
