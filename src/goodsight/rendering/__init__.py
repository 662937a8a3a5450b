"""Results as terminal tables, JSON documents, a picture page and a notebook view."""

from goodsight.rendering.backups import backup_document, backup_lines
from goodsight.rendering.cards import results_html
from goodsight.rendering.compressing import (
    distilled_document,
    distilled_table,
    quantised_document,
    quantised_table,
    shorter_document,
    shorter_lines,
)
from goodsight.rendering.evaluation_documents import evaluation_document
from goodsight.rendering.evaluation_page import MissPictures, evaluation_page
from goodsight.rendering.evaluation_tables import evaluation_table
from goodsight.rendering.explained import ExplainedResults
from goodsight.rendering.explanation_documents import heat_map_document
from goodsight.rendering.json_documents import (
    attributes_document,
    checks_document,
    collection_document,
    index_document,
    model_document,
    product_document,
    results_document,
    understood_document,
)
from goodsight.rendering.keys import key_document, keys_table
from goodsight.rendering.notebook import ShownResults
from goodsight.rendering.page import ShownQuery, picture_page
from goodsight.rendering.replacements import replacement_document, replacement_summary
from goodsight.rendering.terminal import (
    checks_table,
    collections_table,
    index_summary,
    model_lines,
    models_table,
    plain,
    results_table,
)
from goodsight.rendering.tuning import (
    kept_space_document,
    kept_spaces_table,
    tuning_run_document,
    tuning_runs_table,
    verdict_table,
)
from goodsight.rendering.words import decimal_text

__all__ = [
    "ExplainedResults",
    "MissPictures",
    "ShownQuery",
    "ShownResults",
    "attributes_document",
    "backup_document",
    "backup_lines",
    "checks_document",
    "checks_table",
    "collection_document",
    "collections_table",
    "decimal_text",
    "distilled_document",
    "distilled_table",
    "evaluation_document",
    "evaluation_page",
    "evaluation_table",
    "heat_map_document",
    "index_document",
    "index_summary",
    "kept_space_document",
    "kept_spaces_table",
    "key_document",
    "keys_table",
    "model_document",
    "model_lines",
    "models_table",
    "picture_page",
    "plain",
    "product_document",
    "quantised_document",
    "quantised_table",
    "replacement_document",
    "replacement_summary",
    "results_document",
    "results_html",
    "results_table",
    "shorter_document",
    "shorter_lines",
    "tuning_run_document",
    "tuning_runs_table",
    "understood_document",
    "verdict_table",
]
