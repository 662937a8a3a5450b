"""`goodsight demo`: fetch a sample store, index it, search it with photos."""

from __future__ import annotations

import shlex
import shutil
import socket
import sys
import threading
import webbrowser
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goodsight.cli.index import run_index
from goodsight.cli.options import Home, open_shop
from goodsight.cli.output import message, print_result
from goodsight.cli.sample_store import CURRENCY, PACKAGE, fetch_sample_store, photographer
from goodsight.cli.search import write_page
from goodsight.cli.serve import run_service, say_address

if TYPE_CHECKING:
    from goodsight.shop import ShownResults

__all__ = ["demo"]

PAGE = Path("goodsight-demo.html")
COLLECTION = "sample"
BROWSER_AFTER_SECONDS = 2.0
HITS = 5


def demo(
    html: Annotated[Path, typer.Option(help="Where to write the picture page.")] = PAGE,
    serve: Annotated[
        bool | None,
        typer.Option(help="Then open the web page on it; on a terminal unless told otherwise."),
    ] = None,
    port: Annotated[int | None, typer.Option(help="Port of the web page: 8000.")] = None,
    home: Home = None,
) -> None:
    """Fetch a sample store, index it, search it with three photos, and show it in the browser."""
    import platformdirs

    from goodsight.rendering import results_table

    cache = Path(platformdirs.user_cache_dir("goodsight", appauthor=False))
    place = home or cache / "demo"
    message(f"sample store: {PACKAGE}, fetched with npm into {cache}")
    feed = fetch_sample_store(cache)
    with open_shop(place, None, COLLECTION) as shop:
        run_index(shop, str(feed), {"currency": CURRENCY})
        answers: list[tuple[str, str, ShownResults]] = []
        for photo, caption in query_photos(feed.parent / "images", place / "queries"):
            results = shop.search(photo, limit=HITS)
            answers.append((str(photo), caption, results))
            message(f"\n{caption}")
            print_result(results_table(results))
        write_page(
            shop,
            html,
            answers,
            title="Search by photo",
            lead="Three altered photos, and the products of the sample store that match them.",
            footer=_credits(answers),
        )
    message(f"wrote {html}; your own catalogue: goodsight index YOUR_FEED")
    message(f"search it yourself: {search_command(place, answers[0][0])}")
    if serve if serve is not None else sys.stdout.isatty():
        open_page(place, port)


def search_command(home: Path, photo: str) -> str:
    """A command line that searches the sample store in `home`, as this program was called.

    The sample store has a collection of its own: nobody's catalogue is mixed with it.
    """
    program = [sys.argv[0]]
    if Path(program[0]).suffix == ".py":
        program = [sys.executable, "-m", "goodsight"]
    elif shutil.which(Path(program[0]).name) == program[0]:
        program = [Path(program[0]).name]
    arguments = ["search", photo, "--home", str(home), "--collection", COLLECTION]
    return shlex.join([*program, *arguments])


def open_page(home: Path, port: int | None) -> None:
    """Serve the sample store and point the browser at it, until interrupted.

    Where the usual port is taken any other one does: it is only a demonstration.
    """
    from goodsight.config import load_settings

    settings = load_settings({"home": home, "collection": COLLECTION, "port": port})
    if port is None and not _is_free(settings.host, settings.port):
        settings = replace(settings, port=0)

    def announce(address: str) -> None:
        say_address(address)
        # A little later, when it answers; a machine without a browser stays quiet.
        opening = threading.Timer(BROWSER_AFTER_SECONDS, webbrowser.open, [address])
        opening.daemon = True
        opening.start()

    run_service(settings, announce=announce)


def _is_free(host: str, port: int) -> bool:
    try:
        socket.create_server((host, port)).close()
    except OSError:
        return False
    return True


def query_photos(photos: Path, target: Path) -> list[tuple[Path, str]]:
    """Three catalogue photos made harder, as files with captions.

    A photo that is in the catalogue finds itself trivially; these are what a customer might
    have taken of the same thing.
    """
    from PIL import Image, ImageEnhance, ImageFilter, ImageOps

    def opened(name: str) -> Image.Image:
        with Image.open(photos / name) as image:
            image.draft("RGB", (900, 900))
            return ImageOps.contain(image.convert("RGB"), (900, 900))

    def middle(image: Image.Image, share: float) -> Image.Image:
        across, down = image.width * share / 2, image.height * share / 2
        x, y = image.width / 2, image.height / 2
        return image.crop((int(x - across), int(y - down), int(x + across), int(y + down)))

    lens = ImageOps.mirror(middle(opened("brandi-redd-104140-unsplash.jpg"), 0.7))
    tripod = middle(opened("zoltan-tasi-423051-unsplash.jpg").rotate(9), 0.75)
    keyboard = ImageEnhance.Brightness(opened("juan-gomez-674574-unsplash.jpg")).enhance(0.45)
    blurred = middle(keyboard, 0.6).filter(ImageFilter.GaussianBlur(3))
    target.mkdir(parents=True, exist_ok=True)
    made = []
    for name, image, caption in (
        ("lens.jpg", lens, "A camera lens, mirrored and cropped"),
        ("tripod.jpg", tripod, "A tripod, tilted and cropped"),
        ("keyboard.jpg", blurred, "A keyboard in the dark, cropped and blurred"),
    ):
        image.save(target / name, quality=80)
        made.append((target / name, caption))
    return made


def _credits(answers: list[tuple[str, str, ShownResults]]) -> str:
    names = {photographer(hit.photo) for _, _, results in answers for hit in results.hits}
    return "Photographs from Unsplash by " + ", ".join(sorted(name for name in names if name)) + "."
