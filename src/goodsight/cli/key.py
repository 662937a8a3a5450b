"""`goodsight key create|list|revoke`: who may use the HTTP service, and for what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from goodsight.cli.options import ACTOR, Database, Home, JsonOutput, open_shop
from goodsight.cli.output import message, print_json, print_result
from goodsight.core.access import parse_role
from goodsight.core.errors import UsageError

__all__ = ["app"]

app = typer.Typer(help="API keys of the HTTP service.", no_args_is_help=True)


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Whose key it is, or what for.")],
    role: Annotated[str, typer.Option(help="search, edit or admin.", metavar="ROLE")],
    collection: Annotated[
        list[str] | None,
        typer.Option(help="Collection it opens (repeatable): all of them.", metavar="NAME"),
    ] = None,
    days: Annotated[
        int | None, typer.Option(help="Days until it expires: never.", metavar="N")
    ] = None,
    home: Home = None,
    database: Database = None,
    json: JsonOutput = False,
) -> None:
    """Make a key, which is shown this once."""
    from goodsight.rendering import key_document

    with open_shop(home, database, None) as shop:
        made = shop.keys().create(
            name, parse_role(role), collections=collection or None, valid_for=_duration(days)
        )
        document = key_document(made.key)
        told = {field: document[field] for field in ("name", "role", "collections", "expires_at")}
        shop.audit().write(ACTOR, "make key", made.key.id, told)
    if json:
        print_json({**document, "key": made.text})
    else:
        # Alone on stdout, so that a script can keep it.
        typer.echo(made.text)
    message(
        f"'{made.key.name}' is key {made.key.id}. Keep the key now: it is not shown again."
        f" To end it: goodsight key revoke {made.key.id}"
    )


@app.command("list")
def list_keys(home: Home = None, database: Database = None, json: JsonOutput = False) -> None:
    """List all keys, those that have ended too."""
    from goodsight.rendering import key_document, keys_table

    with open_shop(home, database, None) as shop:
        keys = shop.keys().list()
    if json:
        print_json([key_document(key) for key in keys])
    else:
        print_result(keys_table(keys, datetime.now(UTC)))


@app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="The key's id, from key list.")],
    home: Home = None,
    database: Database = None,
    json: JsonOutput = False,
) -> None:
    """End a key, and the sessions begun with it, at once."""
    from goodsight.rendering import key_document

    with open_shop(home, database, None) as shop:
        key = shop.keys().revoke(key_id)
        if key is None:
            raise UsageError(f"no key '{key_id}': see goodsight key list")
        shop.audit().write(ACTOR, "revoke key", key.id, {"name": key.name})
    if json:
        print_json(key_document(key))
    else:
        message(f"revoked '{key.name}' ({key.id})")


def _duration(days: int | None) -> timedelta | None:
    try:
        return None if days is None else timedelta(days=days)
    except OverflowError as error:
        raise UsageError(f"--days {days}: no calendar reaches so far") from error
