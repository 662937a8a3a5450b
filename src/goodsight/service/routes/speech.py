"""Words out of recordings."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from goodsight.service.access import Searches
from goodsight.service.problems import Problem
from goodsight.service.routes.search import content_kind
from goodsight.service.schemas import TranscriptAnswer, problems
from goodsight.service.state import ServiceState, State

__all__ = ["router"]

router = APIRouter(tags=["search"])

# Of one caller: understanding half a minute of speech takes a core some seconds.
TRANSCRIPTIONS_PER_MINUTE = 60
MAX_NAME_CHARACTERS = 200

_FORM_SCHEMA = {
    "type": "object",
    "properties": {
        "audio": {
            "type": "string",
            "format": "binary",
            "description": "WAV, FLAC or Ogg, at most 30 seconds and 10 MB",
        },
        "collection": {
            "type": "string",
            "maxLength": MAX_NAME_CHARACTERS,
            "description": "Whose words are listened for; unless given, the default one's",
        },
    },
    "required": ["audio"],
    "additionalProperties": False,
}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": _FORM_SCHEMA,
                "encoding": {"audio": {"contentType": "audio/wav"}},
            }
        },
    }
}


@router.post(
    "/v1/transcribe",
    operation_id="transcribe",
    summary="What is said in a recording",
    response_model=TranscriptAnswer,
    responses=problems(401, 403, 404, 409, 413, 415, 422, 429, 503),
    openapi_extra=_BODY,
)
async def transcribe(request: Request, state: State, caller: Searches) -> Response:
    """A collection's own words are listened for: titles, categories, brands, attributes.

    The recording is not kept. Nothing understood is an answer with an empty text.
    """
    most = min(state.settings.requests_per_minute, TRANSCRIPTIONS_PER_MINUTE)
    who = caller.key.id if caller.key else caller.address
    state.rates.check("transcription", who, most)
    data, collection = await _sent(request, state)
    if caller.key is not None and not caller.key.opens(collection):
        raise Problem("forbidden", "the key is not for this collection")
    return JSONResponse(await state.work.run(lambda: _heard(state, collection, data)))


async def _sent(request: Request, state: ServiceState) -> tuple[bytes, str]:
    """The recording, and the collection's name. Raises Problem."""
    if content_kind(request) != "multipart/form-data":
        raise Problem("unsupported-type", "send multipart/form-data")
    async with request.form(max_files=1, max_fields=1, max_part_size=1024) as fields:
        audio = fields.get("audio")
        collection = fields.get("collection", state.settings.collection)
        if not isinstance(audio, UploadFile) or set(fields) - {"audio", "collection"}:
            raise Problem("invalid-request", "send a file as 'audio', and 'collection' if wanted")
        if not isinstance(collection, str) or not 0 < len(collection) <= MAX_NAME_CHARACTERS:
            raise Problem("invalid-request", "collection is a name")
        return await audio.read(), collection


def _heard(state: ServiceState, collection: str, data: bytes) -> dict[str, Any]:
    """Raises every error of `Shop.transcribe`."""
    with state.watch("listen"):
        heard = state.shop(collection).transcribe(data)
    return {
        "text": heard.text,
        "alternatives": list(heard.alternatives),
        "confidence": heard.confidence,
        "seconds": round(heard.seconds, 3),
    }
