"""`goodsight`: the commands put together, and errors turned into messages and exit codes.

Exit codes: 0 done; 1 the work failed; 2 wrong usage; 3 input refused, nothing usable;
4 refused by a gate; 130 interrupted (and resumable).
"""

from __future__ import annotations

import sys
import warnings

import typer

from goodsight import __version__
from goodsight.cli import (
    backup,
    calibrate,
    collection,
    demo,
    doctor,
    evaluate,
    index,
    key,
    model,
    restore,
    search,
    serve,
    tune,
)
from goodsight.core.errors import GoodsightError

__all__ = ["app", "run"]

app = typer.Typer(
    name="goodsight",
    help="Search a shop's catalogue with a photo.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(demo.demo)
app.command()(index.index)
app.command()(search.search)
app.command()(evaluate.evaluate)
app.command()(calibrate.calibrate)
app.command()(serve.serve)
app.command()(tune.tune)
app.add_typer(collection.app, name="collection")
app.add_typer(model.app, name="model")
app.add_typer(key.app, name="key")
app.command()(doctor.doctor)
app.command()(backup.backup)
app.command()(restore.restore)


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"goodsight {__version__}")  # noqa: T201 - the answer to the question
        raise typer.Exit


@app.callback()
def _common(
    version: bool = typer.Option(
        False, "--version", callback=_show_version, is_eager=True, help="Show the version."
    ),
) -> None:
    """Search a shop's catalogue with a photo."""


def run() -> None:
    """The console script: runs a command; errors become a message on stderr and an exit code."""
    # Pillow warns of odd photos; what matters of it is told as findings and skips.
    warnings.filterwarnings("ignore", module="PIL")
    try:
        app()
    except GoodsightError as error:
        print(f"goodsight: {error}", file=sys.stderr)  # noqa: T201 - the place where errors end
        sys.exit(error.exit_code)


if __name__ == "__main__":
    run()
