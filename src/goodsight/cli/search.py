"""`goodsight search QUERY`: the products that look most like a photo, or that words ask for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goodsight.cli.options import (
    Collection,
    Database,
    Exact,
    Home,
    JsonOutput,
    Limit,
    MetricName,
    Where,
    open_shop,
)
from goodsight.cli.output import message, print_json, print_result

if TYPE_CHECKING:
    from goodsight.shop import Shop, ShownResults

__all__ = ["search", "write_page"]


def search(
    query: Annotated[
        list[str] | None,
        typer.Argument(
            help="Photos (files), words and product:ID; they are combined. ^2 behind one lets it"
            " count double, [x,y,width,height] in 0..1 names a part of a photo.",
            metavar="QUERY...",
            show_default=False,
        ),
    ] = None,
    unlike: Annotated[
        list[str] | None,
        typer.Option(
            "--not", help="What it must not be like, or have; repeatable.", metavar="QUERY"
        ),
    ] = None,
    voice: Annotated[
        Path | None,
        typer.Option(help="A recording of what to search for: WAV, FLAC or Ogg.", metavar="FILE"),
    ] = None,
    limit: Limit = 10,
    where: Where = None,
    metric: MetricName = "cosine",
    exact: Exact = False,
    look: Annotated[
        str, typer.Option(help="What is compared: style, colour, both or pattern.")
    ] = "style",
    colour: Annotated[
        list[str] | None,
        typer.Option(help="A colour to look for: red, 红色, #aa2233; repeatable.", metavar="NAME"),
    ] = None,
    html: Annotated[
        Path | None, typer.Option(help="Also write a picture page.", metavar="FILE")
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show why, over the photos of the picture page.")
    ] = False,
    literally: Annotated[
        bool, typer.Option("--literally", help="Search for the words as they are.")
    ] = False,
    home: Home = None,
    database: Database = None,
    collection: Collection = None,
    json: JsonOutput = False,
) -> None:
    """Find the products that look most like a photo, or that are asked for in words."""
    from goodsight.asking import opposite, term, written_term
    from goodsight.core.errors import UsageError
    from goodsight.images import names_a_photo
    from goodsight.rendering import results_document, results_table

    if explain and html is None:
        raise UsageError("--explain draws over the pictures of the page: give --html FILE too")
    if not query and not unlike and voice is None:
        raise UsageError("nothing to search for: give a QUERY, or --voice FILE")
    terms = [written_term(text, names_a_photo) for text in query or ()]
    photos = [str(one.given) for one in terms if one.given and names_a_photo(str(one.given))]
    if html is not None and not photos:
        raise UsageError("--html shows the photo searched with: give one as QUERY")
    with open_shop(home, database, collection) as shop:
        if voice is not None:
            heard = shop.words_in(voice)
            message(f"heard: {heard}")
            terms.append(term(heard))
        terms += [opposite(written_term(text, names_a_photo)) for text in unlike or ()]
        results = shop.search(
            *terms,
            where=where,
            limit=limit,
            metric=metric,
            exact=exact,
            look=look,
            colours=colour or (),
            understand=not literally,
        )
        if html is not None:
            write_page(shop, html, [(photos[0], photos[0], results)], explain=explain)
    if results.understood is not None and results.understood.chips:
        message(f"read as: {results.understood.said()}")
    if json:
        print_json(results_document(results))
    else:
        if results.read_as is not None:
            message(f"searched for: {results.read_as}")
        print_result(results_table(results))


def write_page(
    shop: Shop,
    target: Path,
    answers: list[tuple[str, str, ShownResults]],
    *,
    title: str = "Goodsight",
    lead: str = "Products that look most like the photo.",
    footer: str = "",
    explain: bool = False,
) -> None:
    """Write a picture page of (photo path, caption, results) to a file."""
    from goodsight.core.errors import InputError
    from goodsight.rendering import ShownQuery, picture_page

    queries = []
    for photo, caption, results in answers:
        hashes = [hit.content_hash for hit in results.hits]
        picture = shop.query_picture(photo)
        shown = ShownQuery(
            picture,
            "image/webp",
            caption,
            results,
            shop.thumbnails(hashes),
            explained=results.explained() if explain else None,
        )
        queries.append(shown)
    try:
        page = picture_page(queries, title=title, lead=lead, footer=footer)
        target.write_text(page, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{target}: cannot be written: {error.strerror}") from error
    message(f"wrote {target}")
