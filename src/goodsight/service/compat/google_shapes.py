"""Requests of Google's images:annotate, as far as product search goes."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from pydantic.config import JsonDict

__all__ = ["AnnotateAnswer", "AnnotateRequest", "BatchRequest", "BoundingPoly", "ProductSearch"]

MAX_REQUESTS = 16
Coordinate = Annotated[float, Field(allow_inf_nan=False)]


class _Shape(BaseModel):
    # Fields of features that we have not got are passed over, as Google does with old ones.
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class Vertex(_Shape):
    """A corner; what is left out is 0, as in Google's JSON."""

    x: Coordinate = 0
    y: Coordinate = 0


class BoundingPoly(_Shape):
    """A region of the photo, in pixels or in 0..1."""

    vertices: list[Vertex] = Field(default_factory=list, max_length=100)
    normalized_vertices: list[Vertex] = Field(default_factory=list, max_length=100)


class ImageSource(_Shape):
    """Where a photo lies."""

    gcs_image_uri: str = Field("", max_length=2000)
    image_uri: str = Field("", max_length=2000)


class Image(_Shape):
    """A photo: its bytes in base64, or where it lies."""

    content: str = ""
    source: ImageSource | None = None


class Feature(_Shape):
    """What is asked for."""

    type: str = Field(max_length=100)
    max_results: int = Field(0, ge=0, le=500)


class ProductSearch(_Shape):
    """How products are looked for."""

    bounding_poly: BoundingPoly | None = None
    product_set: str = Field("", max_length=1000)
    product_categories: list[Annotated[str, Field(max_length=200)]] = Field(
        default_factory=list, max_length=10
    )
    filter: str = Field("", max_length=4000)


class ImageContext(_Shape):
    """More about the photo."""

    product_search_params: ProductSearch | None = None


class AnnotateRequest(_Shape):
    """One photo and what to do with it."""

    image: Image | None = None
    features: list[Feature] = Field(default_factory=list, max_length=20)
    image_context: ImageContext | None = None


# A red square of 8 by 8 pixels.
_EXAMPLE_PHOTO = (
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEU"
    "lEQVR42mO4oGCAFTEMLQkASmxIAUvbkG0AAAAASUVORK5CYII="
)
_EXAMPLE: JsonDict = {
    "requests": [
        {
            "image": {"content": _EXAMPLE_PHOTO},
            "features": [{"type": "PRODUCT_SEARCH", "maxResults": 3}],
            "imageContext": {
                "productSearchParams": {
                    "productSet": "projects/shop/locations/here/productSets/default",
                    "productCategories": ["general-v1"],
                    "filter": "color=red",
                }
            },
        }
    ]
}


class BatchRequest(_Shape):
    """Up to sixteen photos."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    requests: list[AnnotateRequest] = Field(max_length=MAX_REQUESTS)


class AnnotateAnswer(BaseModel):
    """One response for each request, in order: results or an error."""

    responses: list[dict[str, Any]]
