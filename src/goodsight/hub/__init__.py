"""Models that others published on the Hugging Face hub, fetched as model folders."""

from goodsight.hub.addresses import HUB_PREFIX, HubAddress, parse_address
from goodsight.hub.client import FetchProgress, Hub
from goodsight.hub.fetching import fetch_model_folder, name_of
from goodsight.hub.layouts import VARIANTS

__all__ = [
    "HUB_PREFIX",
    "VARIANTS",
    "FetchProgress",
    "Hub",
    "HubAddress",
    "fetch_model_folder",
    "name_of",
    "parse_address",
]
