"""Indexing and search from 1,000 to 1,000,000 photos: time, memory, disk and recall.

    python -m benchmarks growth --sizes 1000,10000,100000,1000000 --dimension 256

One collection grows from size to size, through the store's own code. The vectors are mixtures
of features of real photos, brought to the dimension by the directions in which those vary
most; a product has four photos that lie around its mixture as a real product's do.
"""

from __future__ import annotations

from benchmarks.growth.running import main

__all__ = ["main"]
