"""`goodsight collection list|show|learn|label|re-embed|compress|delete`."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goodsight.cli.compress import compress
from goodsight.cli.options import ACTOR, Database, Home, JsonOutput, open_shop
from goodsight.cli.output import message, print_json, print_result
from goodsight.cli.re_embed import re_embed
from goodsight.core.errors import InputError, UsageError

if TYPE_CHECKING:
    from goodsight.core.bridge_learning import BridgeGain

__all__ = ["app"]


app = typer.Typer(help="Collections: several shops in one database.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The collection's name.")]


@app.command("list")
def list_collections(
    home: Home = None, database: Database = None, json: JsonOutput = False
) -> None:
    """List all collections."""
    from goodsight.rendering import collection_document, collections_table

    with open_shop(home, database, None) as shop:
        collections = shop.collections()
    if json:
        print_json([collection_document(info) for info in collections])
    else:
        print_result(collections_table(collections))


@app.command()
def show(
    name: Name, home: Home = None, database: Database = None, json: JsonOutput = False
) -> None:
    """Show one collection."""
    from goodsight.rendering import collection_document, collections_table

    with open_shop(home, database, name) as shop:
        info = shop.info()
    if json:
        print_json(collection_document(info))
    else:
        print_result(collections_table([info]))


@app.command()
def learn(
    name: Name,
    off: Annotated[bool, typer.Option("--off", help="Go back to the model's own space.")] = False,
    home: Home = None,
    database: Database = None,
    json: JsonOutput = False,
) -> None:
    """Learn from the collection's own photos now; indexing does it as the catalogue grows."""
    with open_shop(home, database, name) as shop:
        report = shop.learner().learn(project=not off, keep_length=not off)
        sees_texts = shop.base_encoder().card.texts is not None
        bridge = shop.learner().bridge()
    if json:
        print_json({**asdict(report), "bridge": None if bridge is None else asdict(bridge)})
        return
    if report.projected:
        print_result(
            f"learnt {report.dimension} directions from {report.photos:,} photos of"
            f" {report.products:,} products"
        )
    else:
        print_result("searched in the model's own space")
        if sees_texts and not off:
            message("its model sees texts too, which no projection could follow")
    if not report.calibrated:
        message("too few photos to tell how sure an answer is: see goodsight calibrate")
    if bridge is not None and bridge.questions:
        message(_told(bridge))


def _told(bridge: BridgeGain) -> str:
    """What photos bring to words, and whether they are asked therefore."""
    found = (
        f"{bridge.questions} kinds of products as questions: average precision"
        f" {bridge.texts_alone:.2f} by titles, {bridge.together:.2f} with photos"
    )
    return f"{found}; {'kept' if bridge.is_gain else 'not kept, it may be chance'}"


@app.command()
def label(
    name: Name,
    attribute: Annotated[
        str, typer.Option(help="What to predict of products that lack it.")
    ] = "category",
    labels: Annotated[
        Path | None,
        typer.Option(help="A text file, one label a line; else the catalogue's own values."),
    ] = None,
    min_confidence: Annotated[float, typer.Option(help="What is less sure is not kept.")] = 0.5,
    off: Annotated[bool, typer.Option("--off", help="Take the predictions away.")] = False,
    home: Home = None,
    database: Database = None,
    json: JsonOutput = False,
) -> None:
    """Predict categories or attributes from photos, where the model sees texts too."""
    with open_shop(home, database, name) as shop:
        if off:
            shop.labeller().unlabel(attribute)
            message(f"'{name}' has no predictions of '{attribute}' any more")
            return
        given = None if labels is None else _lines(labels)
        report = shop.labeller().label(attribute, given, least=min_confidence)
    if json:
        print_json(asdict(report))
        return
    print_result(
        f"{report.predicted:,} products predicted among {report.labels:,} labels,"
        f" {report.unsure:,} left unsure, {report.stated:,} stated by the feed"
    )
    if report.accuracy is None:
        message("too few products state one of the labels to tell how often it is right")
    else:
        message(f"right for {report.accuracy:.0%} of {report.checked:,} products that state one")


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: the labels cannot be read: {error}") from error


app.command("re-embed")(re_embed)
app.command()(compress)


@app.command()
def delete(
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    home: Home = None,
    database: Database = None,
) -> None:
    """Delete a collection with its products, photos and vectors."""
    with open_shop(home, database, name) as shop:
        info = shop.info()
        if not yes:
            if not sys.stdin.isatty():
                raise UsageError(f"deleting '{name}' needs --yes where nobody can be asked")
            typer.confirm(
                f"Delete '{name}' with {info.products:,} products and {info.photos:,} photos?",
                abort=True,
                err=True,
            )
        shop.delete()
        shop.audit().write(ACTOR, "delete collection", name)
    message(f"deleted '{name}'")
