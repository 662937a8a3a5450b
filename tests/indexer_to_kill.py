"""Run by test_kill.py as a process of its own: indexes, and tells what is acknowledged.

usage: indexer_to_kill.py HOME FOLDER
"""

import sys

import goodsight


class Announce:
    """Prints each committed count at once, so that the parent knows it whenever we die."""

    def update(self, *, products, photos, indexed, skipped):
        print(indexed, flush=True)


with goodsight.open(sys.argv[1]) as shop:
    report = shop.index(sys.argv[2], progress=Announce())
    print("done", report.photos.indexed, report.photos.unchanged, flush=True)
