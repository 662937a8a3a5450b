"""Results as terminal tables, JSON documents, a picture page and a notebook view."""

from goodsight.rendering.cards import results_html
from goodsight.rendering.json_documents import (
    checks_document,
    collection_document,
    evaluation_document,
    index_document,
    model_document,
    product_document,
    results_document,
)
from goodsight.rendering.notebook import ShownResults
from goodsight.rendering.page import ShownQuery, picture_page
from goodsight.rendering.terminal import (
    checks_table,
    collections_table,
    evaluation_table,
    index_summary,
    model_lines,
    models_table,
    plain,
    results_table,
)

__all__ = [
    "ShownQuery",
    "ShownResults",
    "checks_document",
    "checks_table",
    "collection_document",
    "collections_table",
    "evaluation_document",
    "evaluation_table",
    "index_document",
    "index_summary",
    "model_document",
    "model_lines",
    "models_table",
    "picture_page",
    "plain",
    "product_document",
    "results_document",
    "results_html",
    "results_table",
]
