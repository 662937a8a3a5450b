"""Models switched back and forth under clients that search: none fails, no space is mixed.

Once between spaces of one encoder, once between encoders.
"""

from __future__ import annotations

import itertools
import os
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from service.tuned import collection_of_encoders, tuned_collection

CLIENTS = 16
SWITCHES = int(os.environ.get("GOODSIGHT_TEST_SWITCHES", "15"))
ROOT = "/v1/collections/switched"
# Far below what the same query scores in another space, far above what rounding does.
SCORE_TOLERANCE = 2e-3
CONFIDENCE_TOLERANCE = 2e-2


@pytest.fixture(scope="module", params=["spaces", "encoders"])
def shop(request, service, small_shop, tmp_path_factory):
    if request.param == "spaces":
        shop = tuned_collection(service, small_shop, "switched")
    else:
        models = tmp_path_factory.mktemp("models")
        shop = collection_of_encoders(service, small_shop, "switched", models)
    yield shop
    shop.delete()


class Asker:
    """Asks one kind of question after another, and keeps what came back."""

    def __init__(self, url: str, photo: bytes, image_id: str) -> None:
        self._photo = photo
        kept = {"image_id": image_id}
        self.questions = {
            "kept photo": [kept],
            "product": [{"product_id": "p2"}],
            "photo and product": [kept, {"product_id": "p3", "weight": 0.5}],
            "photo and words": [kept, {"text": "seagreen", "weight": 0.3}],
            "divergence": [kept],
        }
        self.client = httpx2.Client(base_url=url, timeout=120, trust_env=False)

    def __enter__(self) -> Asker:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def ask(self, kind: str) -> httpx2.Response:
        if kind == "sent photo":
            files = {"image": ("photo.png", self._photo)}
            return self.client.post(ROOT + "/search", files=files)
        metric = "kl" if kind == "divergence" else "cosine"
        asked = {"query": self.questions[kind], "metric": metric}
        return self.client.post(ROOT + "/search", json=asked)

    def explain(self) -> httpx2.Response:
        asked = {"query": self.questions["kept photo"], "product_id": "p1"}
        return self.client.post(ROOT + "/explanation", json=asked)

    @property
    def kinds(self) -> list[str]:
        return ["sent photo", *self.questions]


def told(answer: dict) -> list[tuple[str, float, float]]:
    return [(hit["product"]["id"], hit["score"], hit["confidence"]) for hit in answer["hits"]]


def is_like(one, other) -> bool:
    """Whether two answers are the same but for rounding."""
    scores, others = ({hit[0]: hit[1:] for hit in answer} for answer in (one, other))
    return scores.keys() == others.keys() and all(
        abs(scores[key][0] - others[key][0]) < SCORE_TOLERANCE
        and abs((scores[key][1] or 0) - (others[key][1] or 0)) < CONFIDENCE_TOLERANCE
        for key in scores
    )


class Load:
    """Clients that search until told to stop, and compare each answer with the right one."""

    def __init__(self, ask_of, right) -> None:
        self._ask_of, self._right = ask_of, right
        self._stop = threading.Event()
        self.answered: list[str] = []
        self.faults: list[str] = []

    def __enter__(self) -> Load:
        self._pool = ThreadPoolExecutor(CLIENTS)
        self._searching = [self._pool.submit(self._search, number) for number in range(CLIENTS)]
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._pool.shutdown()
        for one in self._searching:
            one.result()

    def _search(self, number: int) -> None:
        with self._ask_of() as mine:
            for kind in itertools.islice(itertools.cycle(mine.kinds), number, None):
                if self._stop.is_set():
                    return
                answer = self._answer(kind, mine.ask(kind))
                if answer and not is_like(told(answer), self._right[answer["space"], kind]):
                    self.faults.append(f"{kind} in {answer['space']}: {told(answer)[:2]}")
                if number == 0:
                    self._explain(mine)

    def _explain(self, mine: Asker) -> None:
        """The score is found by one step, the likeness worked out by a later one."""
        answer = self._answer("explanation", mine.explain())
        if answer and abs(answer["score"] - answer["likeness"]) > SCORE_TOLERANCE:
            self.faults.append(f"explanation: {answer['score']} is not {answer['likeness']}")

    def _answer(self, kind: str, response: httpx2.Response) -> dict | None:
        if response.status_code != 200:
            self.faults.append(f"{kind}: {response.status_code} {response.text[:200]}")
            return None
        answer = response.json()
        if kind != "explanation":
            self.answered.append(answer["space"])
        return answer

    def wait_for_answers(self, seen: int) -> None:
        """Until as many more have come as there are clients."""
        while len(self.answered) < seen + CLIENTS and not self.faults:
            self._stop.wait(0.01)


def right_answers(asker, spaces, activate):
    """(space, kind) -> what is told while nobody switches; no two spaces tell the same."""
    right = {}
    for kept in spaces:
        activate(kept["id"])
        for kind in asker.kinds:
            answer = asker.ask(kind).json()
            assert answer["space"] == kept["space"], kind
            right[kept["space"], kind] = told(answer)
    for kind in asker.kinds:
        for one, other in itertools.combinations([kept["space"] for kept in spaces], 2):
            assert not is_like(right[one, kind], right[other, kind]), kind
    return right


@pytest.mark.timeout(180 + 5 * SWITCHES)
def test_no_search_fails_and_none_mixes_spaces(service, shop, small_shop):
    admin = service.key()
    photo = (small_shop / "query-1.png").read_bytes()
    sent = service.client.post(ROOT + "/search", files={"image": ("photo.png", photo)}).json()
    spaces = service.client.get(ROOT + "/spaces", headers=admin).json()["spaces"]

    def changed(change: str) -> None:
        answer = service.client.post(f"{ROOT}/spaces/{change}", headers=admin)
        assert answer.status_code == 200, answer.text

    def activate(space_id: int) -> None:
        changed(f"{space_id}/activate")

    def asker() -> Asker:
        return Asker(service.url, photo, sent["image_id"])

    with asker() as quiet:
        right = right_answers(quiet, spaces, activate)
    with Load(asker, right) as load:
        for step in range(SWITCHES):
            seen = len(load.answered)
            if step % 3 == 0:
                activate(spaces[-1]["id"])
            else:
                changed("rollback")
            load.wait_for_answers(seen)
    assert load.faults == []
    assert set(load.answered) == {kept["space"] for kept in spaces}
    print(f"{SWITCHES} switches, {len(load.answered)} searches of {CLIENTS} clients")
