import io
import json
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from rich.console import Console

from goodsight.core.figures import evaluation_of
from goodsight.core.judgements import Judgement, WrongAnswer
from goodsight.core.measures import (
    DisturbanceFigures,
    EvaluationMode,
    LeftOut,
    SelfCheck,
    StageFigures,
)
from goodsight.core.types import Skip
from goodsight.rendering import (
    MissPictures,
    evaluation_document,
    evaluation_page,
    evaluation_table,
)

HOSTILE = "<script>alert(1)</script>\" onerror='x' [bold]\x1b[31m\n&amp;"


def evaluation(text="plain", **changes):
    judgements = [
        Judgement(
            query=f"{text}.jpg", ranks=(number % 3,), relevant=1, known=True, score=0.5,
            confidence=number / 30, category=f"{text} {number % 5}", product_id=f"{text} {number}",
            title=text, first=WrongAnswer(text, text, "hash"),
        )
        for number in range(30)
    ]  # fmt: skip
    found = evaluation_of(
        judgements,
        mode=EvaluationMode.LABELLED,
        failed=[Skip(text, text, 3)],
        space=text,
        stages={"encode": StageFigures(12.0, 15.5)},
    )
    return replace(found, **changes)


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.attributes, self.words = [], [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.words += data


def read(page):
    reader = Reader()
    reader.feed(page)
    return reader


def test_the_page_loads_nothing_and_runs_nothing():
    found = evaluation(HOSTILE)
    pictures = {m.product_id: MissPictures(b"1", b"2", None) for m in found.worst}
    reader = read(evaluation_page(found, pictures, collection=HOSTILE))
    assert not {"script", "iframe", "link", "object"} & set(reader.tags)
    assert not [name for name, _ in reader.attributes if name.startswith("on")]
    sources = [value for name, value in reader.attributes if name in ("src", "href")]
    assert len(sources) == 2 * len(found.worst)
    assert all(source.startswith("data:image/webp;base64,") for source in sources)
    policy = next(value for _, value in reader.attributes if value and "default-src" in value)
    assert policy.startswith("default-src 'none'")
    assert HOSTILE.split("\x1b", maxsplit=1)[0] in reader.words


def test_the_page_tells_everything_that_was_measured():
    check = SelfCheck(
        DisturbanceFigures("undisturbed", 9, 1.0, (1.0, 1.0)),
        (DisturbanceFigures("rotated 90", 9, 0.5, (0.3, 0.7)),),
        0.5,
        (0.3, 0.7),
        9,
        2,
    )
    found = evaluation(mode=EvaluationMode.SELF_CHECK, self_check=check)
    reader = read(evaluation_page(found, {}))
    for words in ("recall@1", "0.333", "share kept", "rotated 90", "plain 4", "12.0 ms",
                  "Most often missed", "place 3", "calibration error", "no picture"):  # fmt: skip
        assert words in reader.words, words
    assert reader.tags.count("svg") == 1
    assert reader.words.count("Asked with") == 20


def test_left_out_photos_are_told_with_their_reason():
    left = LeftOut(only_photo=3, only_shots=4, near_duplicates=1.25)
    found = evaluation(mode=EvaluationMode.LEAVE_ONE_OUT, left_out=left)
    for text in (read(evaluation_page(found, {})).words, printed(found)):
        assert "1.2 near-duplicates" in text
        assert "3 photos not asked with: the only one of their product" in text
        assert "4 photos not asked with: only near-duplicates" in text
        assert "a fixed sample" not in text


def printed(found):
    console = Console(width=140, record=True, file=io.StringIO())
    console.print(evaluation_table(found))
    return console.export_text()


def test_the_table_shows_hostile_texts_as_text():
    text = printed(evaluation(HOSTILE))
    assert "\x1b" not in text
    assert "[bold]" in text
    for heading in ("Category", "Confidence", "Most often missed", "Stage"):
        assert heading in text


def test_the_document_is_json_and_counts_ranks_from_one():
    document = json.loads(json.dumps(evaluation_document(evaluation())))
    assert document["recall@1"] == pytest.approx(1 / 3)
    assert document["worst"][0]["rank"] in (2, 3)
    assert len(document["calibration"]["bins"]) == 10
    assert document["stages"]["encode"] == {"p50_ms": 12.0, "p95_ms": 15.5}
    assert document["failed"] == [{"image": "plain", "reason": "plain", "row": 3}]
