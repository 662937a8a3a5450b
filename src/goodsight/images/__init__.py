"""Untrusted bytes in, photos out: decoding, limits, findings, thumbnails."""

from goodsight.images.decode import decode_photo
from goodsight.images.limits import CATALOGUE_LIMITS, QUERY_LIMITS, PhotoLimits
from goodsight.images.loader import FilePhotoLoader
from goodsight.images.thumbnails import THUMBNAIL_SIDE_PIXELS, make_thumbnail

__all__ = [
    "CATALOGUE_LIMITS",
    "QUERY_LIMITS",
    "THUMBNAIL_SIDE_PIXELS",
    "FilePhotoLoader",
    "PhotoLimits",
    "decode_photo",
    "make_thumbnail",
]
