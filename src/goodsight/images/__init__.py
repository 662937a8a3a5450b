"""Untrusted bytes in, photos out: decoding, limits, findings, thumbnails."""

from goodsight.images.augmenting import augmented
from goodsight.images.decode import decode_photo
from goodsight.images.disturbances import DISTURBANCES
from goodsight.images.downloads import Downloads
from goodsight.images.enhancing import enhanced
from goodsight.images.fetch import Fetched, FetchLimits, GuardedFetcher
from goodsight.images.limits import CATALOGUE_LIMITS, QUERY_LIMITS, PhotoLimits
from goodsight.images.loader import FilePhotoLoader
from goodsight.images.names import names_a_photo
from goodsight.images.originals import ORIGINAL_PREFIX, OriginalsLoader
from goodsight.images.photo_cache import PhotoCache
from goodsight.images.remaking import AcceptedPhoto, accept_photo, remade_photo
from goodsight.images.thumbnails import THUMBNAIL_SIDE_PIXELS, large_picture, make_thumbnail
from goodsight.images.url_photos import UrlPhotos
from goodsight.images.views import views_of

__all__ = [
    "CATALOGUE_LIMITS",
    "DISTURBANCES",
    "ORIGINAL_PREFIX",
    "QUERY_LIMITS",
    "THUMBNAIL_SIDE_PIXELS",
    "AcceptedPhoto",
    "Downloads",
    "FetchLimits",
    "Fetched",
    "FilePhotoLoader",
    "GuardedFetcher",
    "OriginalsLoader",
    "PhotoCache",
    "PhotoLimits",
    "UrlPhotos",
    "accept_photo",
    "augmented",
    "decode_photo",
    "enhanced",
    "large_picture",
    "make_thumbnail",
    "names_a_photo",
    "remade_photo",
    "views_of",
]
