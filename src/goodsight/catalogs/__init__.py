"""Feeds in, products out.

`open_catalog` recognises a feed by its content and opens it; the catalog it returns yields
products and skips in the order of the feed, with memory that does not grow with it. One file
holds one format: `generic`, `magento`, `vendure`, `shopify`, `woocommerce`, `google_merchant`,
`folder`. What the formats share are the layers below them: bytes to lines (`encodings`,
`lines`), these to rows (`table`, `jsonl`, `xml_items`, `workbook`, `parquet`, `saved_page`,
all opened by `feeds`), cells to values (`amounts`, `html_text`, `photo_paths`, …). Feeds are
untrusted: a path never leaves the media root, and no row, however broken, stops the rest.
"""

from goodsight.catalogs.labelled_queries import read_labelled_queries
from goodsight.catalogs.options import CatalogOptions
from goodsight.catalogs.recognition import FormatHelp, formats, open_catalog
from goodsight.catalogs.source_state import state_of_path

__all__ = [
    "CatalogOptions",
    "FormatHelp",
    "formats",
    "open_catalog",
    "read_labelled_queries",
    "state_of_path",
]
