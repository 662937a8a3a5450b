"""The façade behind `goodsight.open()`: index, search, evaluate one collection of a shop."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from goodsight.config import Settings, load_settings
from goodsight.core.errors import CollectionNotFound, UsageError
from goodsight.core.evaluating import DEPTH, Evaluation, LabelledQuery, Level
from goodsight.core.evaluating import evaluate as evaluate_queries
from goodsight.core.indexing import index as index_catalog
from goodsight.core.ports import ProductStore, Progress
from goodsight.core.reports import Check, CollectionInfo, IndexReport
from goodsight.core.searching import search as search_store
from goodsight.core.types import Metric, ModelCard, Photo, Query, Results, Term
from goodsight.wiring import FeedOptions, Wiring

__all__ = ["FeedOptions", "Shop", "ShownResults", "open"]

SearchTerm = str | Path | Photo
