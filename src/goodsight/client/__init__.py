"""A typed client of the HTTP service: for other programs, in a few lines.

from goodsight.client import Client

with Client("http://127.0.0.1:8000", key="gs_…") as client:
    for hit in client.search(image="photo.jpg", where="price < 50").hits:
        print(hit.product.title, hit.score)
"""

from goodsight.client.answers import (
    FoundHit,
    FoundProduct,
    ProductDetails,
    PutAnswer,
    SearchAnswer,
    ShownPhoto,
    ShownVariant,
    SuggestedText,
    TranscriptAnswer,
    UnderstoodAnswer,
    UnderstoodChip,
)
from goodsight.client.client import Client
from goodsight.client.explanations import CellMap, ExplanationAnswer, TermShare
from goodsight.client.terms import QueryTerm

__all__ = [
    "CellMap",
    "Client",
    "ExplanationAnswer",
    "FoundHit",
    "FoundProduct",
    "ProductDetails",
    "PutAnswer",
    "QueryTerm",
    "SearchAnswer",
    "ShownPhoto",
    "ShownVariant",
    "SuggestedText",
    "TermShare",
    "TranscriptAnswer",
    "UnderstoodAnswer",
    "UnderstoodChip",
]
