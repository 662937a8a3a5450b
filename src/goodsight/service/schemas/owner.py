"""What owners ask: sessions, keys, runs, jobs, health, audit."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from goodsight.core.access import Role

__all__ = [
    "AuditList",
    "FeedAccepted",
    "HealthReport",
    "JobAnswer",
    "KeyInput",
    "KeyList",
    "NamedProduct",
    "NewKeyAnswer",
    "RunList",
    "SessionAnswer",
    "SessionInput",
]

CollectionName = Annotated[str, Field(min_length=1, max_length=200)]


class SessionInput(BaseModel):
    """A key to sign in with."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"key": "gs_0123456789ab_the-secret-of-an-admin-key"}]},
    )

    key: str = Field(max_length=300)


class SessionAnswer(BaseModel):
    """A session; its token is in a cookie that scripts cannot read."""

    role: Role
    name: str
    csrf_token: str
    expires_at: str


class KeyInput(BaseModel):
    """A key to make."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "web page", "role": "search"}]}
    )

    name: str = Field(min_length=1, max_length=100, pattern=r"\S", description="Not blank")
    role: Role
    collections: list[CollectionName] | None = Field(None, min_length=1, max_length=100)
    days: int | None = Field(None, ge=1, le=3650)


class KeyAnswer(BaseModel):
    """A key without its secret."""

    id: str
    name: str
    role: Role
    collections: list[str] | None
    created_at: str
    expires_at: str | None
    revoked_at: str | None
    last_used_at: str | None


class NewKeyAnswer(KeyAnswer):
    """A key just made; `key` is shown this once."""

    key: str


class KeyList(BaseModel):
    """All keys."""

    keys: list[KeyAnswer]


class Skipped(BaseModel):
    """Something left out, and why."""

    ref: str
    row: int | None
    reason: str


class RunAnswer(BaseModel):
    """An index run."""

    id: int
    source: str
    status: str
    started_at: str
    finished_at: str | None
    products_seen: int
    products_changed: int
    products_removed: int
    photos_indexed: int
    photos_removed: int
    skipped_count: int
    skipped: list[Skipped]


class RunList(BaseModel):
    """A collection's latest index runs."""

    runs: list[RunAnswer]


class FeedAccepted(BaseModel):
    """A feed that will be indexed."""

    job_id: str


class Progress(BaseModel):
    """How far a job is."""

    products: int
    photos: int
    indexed: int
    skipped: int


class JobAnswer(BaseModel):
    """An index run that was started here."""

    job_id: str
    collection: str
    source: str
    status: str
    progress: Progress
    report: dict[str, Any] | None
    error: str | None


class NamedProduct(BaseModel):
    """A product by name, with a path of its picture."""

    id: str
    title: str
    photo: str | None


class DuplicateAnswer(BaseModel):
    """One photo that several products show."""

    content_hash: str
    photo: str
    products: list[NamedProduct]


class DisplacedAnswer(BaseModel):
    """A product its own photo does not find first, and what came before it."""

    product: NamedProduct
    found: NamedProduct
    score: float | None
    found_score: float


class HealthReport(BaseModel):
    """What is wrong with a catalogue."""

    products: int
    photos: int
    without_photo: list[NamedProduct]
    without_photo_count: int
    unreadable: list[Skipped]
    unreadable_count: int
    duplicates: list[DuplicateAnswer]
    duplicates_count: int
    near_duplicates: list[DuplicateAnswer]
    near_duplicates_count: int
    not_found_by_own_photo: list[DisplacedAnswer]
    checked: int


class AuditAnswer(BaseModel):
    """One administrative act."""

    id: int
    at: str
    actor: str
    action: str
    target: str
    detail: dict[str, Any]


class AuditList(BaseModel):
    """The latest acts, newest first."""

    entries: list[AuditAnswer]
