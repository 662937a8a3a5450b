"""Recordings over HTTP: understood, searched by, and refused like photos are."""

from __future__ import annotations

import base64

import pytest

from goodsight.core.access import Role
from spoken import recording, say, silence, tone

pytest.importorskip("pocketsphinx", reason="the extra 'voice' is absent")
pytest.importorskip("soundfile", reason="the extra 'voice' is absent")

TRANSCRIBE = "/v1/transcribe"
SEARCH = "/v1/collections/default/search"


def kind_of(response) -> str:
    assert response.headers["content-type"] == "application/problem+json"
    return response.json()["type"].rpartition("/")[2]


def test_a_recording_is_understood(service):
    answer = service.client.post(TRANSCRIBE, files={"audio": say("product orchid")})

    assert answer.status_code == 200, answer.text
    document = answer.json()
    assert set(document) == {"text", "alternatives", "confidence", "seconds"}
    assert document["text"] == "product orchid"
    assert document["seconds"] > 0.5


def test_nothing_understood_is_an_answer_but_nothing_to_search_by(service):
    answer = service.client.post(TRANSCRIBE, files={"audio": silence(0.5)})
    assert answer.json() == {"text": "", "alternatives": [], "confidence": None, "seconds": 0.5}

    refused = service.client.post(SEARCH, files={"audio": silence()})
    assert (refused.status_code, kind_of(refused)) == (422, "sound-unreadable")
    assert "nothing was understood" in refused.json()["detail"]


def test_spoken_words_search_as_form_and_as_json(service):
    said = say("product orchid")
    form = service.client.post(SEARCH, files={"audio": said}).json()
    json = {"query": [{"audio": base64.b64encode(said).decode()}]}
    assert form["heard"] == "product orchid"
    assert form["hits"][0]["product"]["id"] == "p4"
    assert service.client.post(SEARCH, json=json).json()["hits"] == form["hits"]


def test_spoken_words_lift_what_a_photo_ranks(service, small_shop):
    photo = (small_shop / "query-1.png").read_bytes()
    files = {"audio": say("product orchid"), "image": photo}

    answer = service.client.post(SEARCH, files=files).json()

    assert answer["hits"][0]["product"]["id"] == "p4"
    assert answer["hits"][0]["explanation"]["text"] > 0
    assert answer["photo"]["width"] == 200
    assert service.client.post(SEARCH, files={"image": photo}).json()["heard"] is None


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "cannot be read"),
        (b"no sound at all", "cannot be read"),
        (recording(tone(31)), "longer than 30 seconds"),
        (b"\x00" * ((10 << 20) + 1), "more than 10 MB"),
    ],
    ids=["empty", "text", "long", "large"],
)
def test_what_cannot_be_used_is_refused(service, data, reason):
    answer = service.client.post(TRANSCRIBE, files={"audio": ("a.wav", data)})

    assert (answer.status_code, kind_of(answer)) == (422, "sound-unreadable")
    assert reason in answer.json()["detail"]


def test_requests_that_are_none_are_refused(service):
    post = service.client.post
    assert kind_of(post(TRANSCRIBE, json={})) == "unsupported-type"
    assert kind_of(post(TRANSCRIBE, files={"sound": silence()})) == "invalid-request"
    assert kind_of(post(TRANSCRIBE, files={"audio": (None, "text")})) == "invalid-request"
    more = {"audio": silence(), "more": (None, "x")}
    assert kind_of(post(TRANSCRIBE, files=more)) == "invalid-request"
    body = b"\x00" * ((11 << 20) + 1)
    assert kind_of(post(TRANSCRIBE, content=body)) == "too-large"
    unknown = {"audio": silence(), "collection": (None, "none")}
    assert kind_of(post(TRANSCRIBE, files=unknown)) == "collection-not-found"
    wrong = {"query": [{"audio": "?"}]}
    assert kind_of(post(SEARCH, json=wrong)) == "sound-unreadable"
    box = {"query": [{"audio": "AAAA", "box": [0, 0, 1, 1]}]}
    assert kind_of(post(SEARCH, json=box)) == "invalid-request"


def test_keys_reach_as_far_as_for_photos(start_service):
    closed = start_service(open_search=False)
    files = {"audio": silence(0.2)}
    assert kind_of(closed.client.post(TRANSCRIBE, files=files)) == "unauthorized"
    own = closed.key(Role.SEARCH, collections=["default"])
    assert closed.client.post(TRANSCRIBE, files=files, headers=own).is_success
    other = closed.key(Role.SEARCH, collections=["other"])
    assert kind_of(closed.client.post(TRANSCRIBE, files=files, headers=other)) == "forbidden"


def test_recordings_are_rate_limited(start_service):
    busy = start_service(requests_per_minute=3)
    answers = [busy.client.post(TRANSCRIBE, files={"audio": silence(0.1)}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert int(answers[-1].headers["retry-after"]) > 0


def test_the_page_is_told_that_recordings_are_understood(service):
    assert service.client.get("/v1/collections/default").json()["voice"] is True
