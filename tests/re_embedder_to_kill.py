"""Changes a collection's model and says how far it is: for tests that kill it.

Usage: re_embedder_to_kill.py HOME MODEL
"""

import sys
from pathlib import Path

import goodsight
from goodsight.config import Settings


class Told:
    """Every step on a line of its own."""

    def embedded(self, done, total):
        print(f"{done} of {total}", flush=True)

    def skipped(self, skip):
        print(skip, flush=True)

    def stage(self, name):
        print(name, flush=True)


with goodsight.open(settings=Settings(home=Path(sys.argv[1]), batch_size=4)) as shop:
    print("go", flush=True)
    report = shop.replacer().replace(Told(), model=sys.argv[2])
    print("done", report.embedding.photos, flush=True)
