"""What requests and answers look like; the OpenAPI document is made from these."""

from goodsight.service.schemas.catalogue import (
    BulkAnswer,
    CollectionAnswer,
    CollectionList,
    ProductAnswer,
    ProductInput,
    VariantInput,
)
from goodsight.service.schemas.explanation import ExplanationAnswer, ExplanationRequest
from goodsight.service.schemas.models import (
    SpaceInUse,
    SpaceList,
    SpacesDropped,
    TuningRunAnswer,
    TuningRunList,
)
from goodsight.service.schemas.owner import (
    AuditList,
    FeedAccepted,
    HealthReport,
    JobAnswer,
    KeyInput,
    KeyList,
    NewKeyAnswer,
    RunList,
    SessionAnswer,
    SessionInput,
)
from goodsight.service.schemas.problems import ProblemAnswer, problems
from goodsight.service.schemas.search import QueryTerm, SearchAnswer, SearchRequest
from goodsight.service.schemas.speech import TranscriptAnswer
from goodsight.service.schemas.suggestions import SuggestionList
from goodsight.service.schemas.understanding import UnderstandingRequest, UnderstoodAnswer

__all__ = [
    "AuditList",
    "BulkAnswer",
    "CollectionAnswer",
    "CollectionList",
    "ExplanationAnswer",
    "ExplanationRequest",
    "FeedAccepted",
    "HealthReport",
    "JobAnswer",
    "KeyInput",
    "KeyList",
    "NewKeyAnswer",
    "ProblemAnswer",
    "ProductAnswer",
    "ProductInput",
    "QueryTerm",
    "RunList",
    "SearchAnswer",
    "SearchRequest",
    "SessionAnswer",
    "SessionInput",
    "SpaceInUse",
    "SpaceList",
    "SpacesDropped",
    "SuggestionList",
    "TranscriptAnswer",
    "TuningRunAnswer",
    "TuningRunList",
    "UnderstandingRequest",
    "UnderstoodAnswer",
    "VariantInput",
    "problems",
]
