"""One collection, read: how it stands, its products, photos and pictures, the model it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from goodsight.core.errors import CollectionNotFound, PhotoError, SpaceMismatch, UsageError
from goodsight.core.ports import ImageEncoder, PhotoLoader, TextEncoder
from goodsight.core.query_vectors import is_visual
from goodsight.core.reports import CollectionInfo
from goodsight.core.space_ports import ActiveSpace
from goodsight.core.suggesting import MAX_SUGGESTIONS, Suggestion
from goodsight.core.types import FloatArray, KeptPhoto, ModelCard, Photo, Product, Query
from goodsight.core.understood import Understood
from goodsight.language_wiring import request_model
from goodsight.profiles import DEFAULT_PROFILE, OWN_PROFILE, PROFILES, model_of_profile
from goodsight.understanding import RequestUnderstander
from goodsight.wiring import Wiring

if TYPE_CHECKING:
    from goodsight.stores.postgres.reading import PostgresProducts

__all__ = ["CollectionReader", "FoundPhoto"]

# As many tell how far a term of a query tells photos apart.
SAMPLED_PRODUCTS = 500
# So often a space may be switched while one question is asked. A busy machine encodes a photo
# for a second, and an owner who compares two models goes back and forth.
MAX_SWITCHES = 8
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class FoundPhoto:
    """A catalogue photo, decoded; `from_thumbnail` tells that its original is gone."""

    photo: Photo
    from_thumbnail: bool


class CollectionReader:
    """Reads one collection of a shop's database. Safe to use from several threads."""

    def __init__(self, wiring: Wiring, collection: str | None = None) -> None:
        self._wiring = wiring
        self.collection = collection or wiring.settings.collection
        self._encoder: ImageEncoder | None = None
        self._sample: tuple[str, FloatArray] = "", np.empty((0, 0), dtype=np.float32)
        self._opened: PostgresProducts | None = None
        self._understander = RequestUnderstander(request_model(wiring.settings))

    @property
    def wiring(self) -> Wiring:
        """The connected objects behind it."""
        return self._wiring

    def info(self) -> CollectionInfo:
        """How the collection stands. Raises CollectionNotFound."""
        return self.stored().info()

    def collections(self) -> tuple[CollectionInfo, ...]:
        """All collections of the database, by name."""
        store = self._wiring.store()
        return tuple(store.open(name).info() for name in store.names())

    def products(self, product_ids: Sequence[str]) -> Sequence[Product]:
        """The products that exist among these ids, in the order asked."""
        return self.stored().get(product_ids)

    def photos(self, product_id: str) -> Sequence[KeptPhoto]:
        """The product's photos in the order of the feed."""
        return self.stored().photos(product_id)

    def narrowings(self) -> Sequence[str]:
        """Names of the facets worth showing."""
        return self.stored().narrowings()

    def sees_patterns(self) -> bool:
        """Whether patterns can be compared; not before photos of old are indexed once more."""
        return self.stored().sees_patterns()

    def understand(self, text: str) -> Understood:
        """How a request in words reads in this catalogue: what it filters, what stays words.

        No text raises anything; CollectionNotFound and StoreError are raised as elsewhere.
        """
        return self._understander.understand(text, self.stored())

    def understood_query(self, query: Query) -> tuple[Query, Understood | None]:
        """The query as it is asked of the store, and how its texts were read.

        None where they were not to be, and where there are none. Beside a photo they may name
        its colour either way.

        Raises FilterError, CollectionNotFound, StoreError.
        """
        if not query.understand or all(term.text is None for term in query.terms):
            return self._understander.coloured(query, self.stored()), None
        return self._understander.applied(query, self.stored())

    def compares_looks(self, query: Query) -> bool:
        """Whether the query is compared by its looks: by photos, or by what a text looks like."""
        if is_visual(query):
            return True
        has_text = any(term.text and term.text.strip() for term in query.terms)
        return has_text and self._sees_texts()

    def _sees_texts(self) -> bool:
        now = self.stored().in_use()
        if now.profile in PROFILES:
            return False  # the models of the profiles do not: words alone need no model then
        is_known = self._encoder is not None and self._encoder.card.space == now.space
        return isinstance(self.encoder(refresh=not is_known), TextEncoder)

    def photo_sample(self, card: ModelCard) -> FloatArray:
        """Vectors of some of the catalogue's photos, float32 (m, d), rows of norm 1.

        Raises SpaceMismatch where they are not in the card's space any more.
        """
        space, sample = self._sample
        # A whole sample does for as long as the space lasts: it would be read for every search.
        if space != card.space or len(sample) < SAMPLED_PRODUCTS:
            products = islice(self.stored().product_vectors(card.space), SAMPLED_PRODUCTS)
            none = np.empty((0, card.dimension), dtype=np.float32)
            sample = np.concatenate([none, *(product.vectors[:1] for product in products)])
            self._sample = card.space, sample
        return sample

    def query_picture(self, photo: str | Path) -> bytes:
        """A photo to search with as a small WebP, for showing it beside its results."""
        loader = self.query_loader()
        return loader.thumbnail(loader.load(str(photo)))

    def query_loader(self) -> PhotoLoader:
        """A loader for photos to search with, as large as any of its models needs them.

        Raises CollectionNotFound.
        """
        return self._wiring.query_photos(self.stored().photo_side())

    def suggestions(self, typed: str, limit: int = MAX_SUGGESTIONS) -> Sequence[Suggestion]:
        """What somebody who types may want to ask: categories, brands, words, titles."""
        return self.stored().suggestions(typed, min(limit, MAX_SUGGESTIONS))

    def picture(self, content_hash: str, long_side: int) -> bytes | None:
        """A WebP of a catalogue photo, made of its original; None where that is gone."""
        photo = self.stored().photo(content_hash)
        if photo is None:
            return None
        try:
            return self._wiring.picture(photo, self.encoder().card, self.collection, long_side)
        except PhotoError:
            return None

    def kept_photo(self, reference: str, content_hash: str, loader: PhotoLoader) -> FoundPhoto:
        """A catalogue photo from its original; where that is gone or changed, its thumbnail.

        Raises PhotoError where neither can be read.
        """
        reason = "its original has changed"
        try:
            photo = loader.load(reference)
            if photo.content_hash == content_hash:
                return FoundPhoto(photo, from_thumbnail=False)
        except PhotoError as error:
            reason = error.reason
        kept = self.thumbnails([content_hash])
        if content_hash not in kept:
            raise PhotoError(f"{reason}; no thumbnail is kept", reference=reference)
        photo = self._wiring.decode_upload(kept[content_hash])
        return FoundPhoto(photo, from_thumbnail=True)

    def thumbnails(self, content_hashes: Sequence[str]) -> Mapping[str, bytes]:
        """Content hash -> WebP bytes, for the photos that are kept."""
        return self.stored().thumbnails(content_hashes)

    def encoder(self, *, refresh: bool = False) -> ImageEncoder:
        """The encoder of the collection's active space. Raises CollectionNotFound, ModelError."""
        if self._encoder is None or refresh:
            base, active = self.sight()
            self._encoder = self._wiring.projected(base, active.projection)
        return self._encoder

    def sight(self) -> tuple[ImageEncoder, ActiveSpace]:
        """The encoder without what the catalogue taught, and the space in use, of one moment.

        Raises CollectionNotFound, ModelError.
        """
        active = self._wiring.store().spaces(self.collection).active_space()
        return self.encoder_of(active.model, active.encoder_space), active

    def in_its_space(self, ask: Callable[[ImageEncoder], Result]) -> Result:
        """What `ask` answers with the encoder of the space in use.

        Where that is switched meanwhile it is asked again with the new one's. Raises what `ask`
        raises.
        """
        for attempt in range(MAX_SWITCHES):
            encoder = self.encoder(refresh=attempt > 0)
            with suppress(SpaceMismatch):
                return ask(encoder)
        return ask(self.encoder(refresh=True))

    def base_encoder(self) -> ImageEncoder:
        """The encoder without what the catalogue taught. Raises CollectionNotFound, ModelError."""
        return self.encoder_in_use()[0]

    def encoder_in_use(self) -> tuple[ImageEncoder, str]:
        """The encoder without what the catalogue taught, and the collection's profile.

        Raises CollectionNotFound, ModelError.
        """
        now = self.stored().in_use()
        return self.encoder_of(now.model, now.encoder_space), now.profile

    def encoder_of(self, model: str, space: str) -> ImageEncoder:
        """The named model, ready to encode, which must be the one of that space.

        Raises ModelError.
        """
        encoder = self._wiring.encoder(model)
        if encoder.card.space != space:
            raise SpaceMismatch(
                f"the photos of '{self.collection}' were embedded with another version of {model}"
                f" (space {space}, here {encoder.card.space}): install that one, or embed them with"
                f" this one: goodsight collection re-embed {self.collection} --model {model}"
            )
        return encoder

    def encoder_for_indexing(
        self, profile: str | None, model: str | None
    ) -> tuple[ImageEncoder, str]:
        """The encoder and profile of the collection, which a first run chooses.

        Raises UsageError where the collection has another model.
        """
        try:
            now = self.stored().in_use()
        except CollectionNotFound:
            profile = profile or (OWN_PROFILE if model else DEFAULT_PROFILE)
            return self._wiring.encoder(model or model_of_profile(profile)), profile
        is_own = model is None and profile in (None, now.profile)
        if not is_own and now.model != (model or model_of_profile(profile or now.profile)):
            option = f"--model {model}" if model else f"--profile {profile}"
            raise UsageError(
                f"the collection '{self.collection}' is indexed with {now.model}; change that with"
                f" goodsight collection re-embed {self.collection} {option}, or make another one"
                f" beside it: goodsight index SOURCE --collection NAME {option}"
            )
        return self.encoder_in_use()

    def stored(self) -> PostgresProducts:
        """The collection in the store, looked up once. Raises CollectionNotFound."""
        if self._opened is None:
            self._opened = self._wiring.store().open(self.collection)
        return self._opened
