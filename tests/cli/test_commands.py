"""The commands as a person runs them: in a process of their own, on real input."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import goodsight
from spoken import say, silence

SCRIPT = Path(sys.executable).with_name("goodsight")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


def run(home, *arguments, expect=0, environment=None, **options):
    variables = {k: v for k, v in os.environ.items() if not k.startswith("GOODSIGHT_")}
    variables |= {"GOODSIGHT_HOME": str(home), **(environment or {})}
    done = subprocess.run(
        [SCRIPT, *map(str, arguments)],
        capture_output=True,
        text=True,
        env=variables,
        check=False,
        timeout=120,
        **options,
    )
    assert done.returncode == expect, (done.returncode, done.stdout, done.stderr)
    return done


@pytest.fixture(scope="module")
def indexed(home, small_shop):
    run(home, "index", small_shop / "feed.csv")
    return home


def test_index_prints_its_summary_on_stdout_alone(tmp_path, small_shop):
    first = run(tmp_path, "index", small_shop / "feed.csv")
    assert "6 products: 6 added" in first.stdout
    assert "12 photos: 12 indexed" in first.stdout
    assert "6 added" not in first.stderr
    again = json.loads(run(tmp_path, "index", small_shop / "feed.csv", "--json").stdout)
    assert again["products"] == {
        "seen": 6, "added": 0, "changed": 0, "unchanged": 6, "removed": 0,
    }  # fmt: skip
    assert again["photos"] == {"seen": 12, "indexed": 0, "unchanged": 12, "removed": 0}
    assert {"skipped", "seconds", "photos_per_second", "space"} <= set(again)


def test_skips_are_told_on_stderr_and_listed_in_json(tmp_path):
    feed = tmp_path / "feed.csv"
    feed.write_text("id,title,price,image\na,Fine,5,lost.png\nb,Bad,abc,lost.png\n")
    done = run(tmp_path / "home", "index", feed, "--json", expect=3)
    report = json.loads(done.stdout)
    bad_row = next(skip for skip in report["skipped"] if skip["row"] == 3)
    assert "abc" in bad_row["reason"]
    assert "row 3" in done.stderr
    assert "no such file" in done.stderr
    assert "nothing could be indexed" in done.stderr


def test_a_feed_that_is_none_exits_3_and_names_it(tmp_path):
    (tmp_path / "feed.csv").write_bytes(b"%PDF-1.7")
    done = run(tmp_path / "home", "index", tmp_path / "feed.csv", expect=3)
    assert "feed.csv" in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_search_takes_a_colour_picked_by_hand(indexed, small_shop):
    query = small_shop / "query-3.png"
    asked = ("search", query, "--json", "--limit", "1", "--look", "colour")

    done = run(indexed, *asked, "--colour", "藏青", "--colour", "#4169e1")

    [hit] = json.loads(done.stdout)["hits"]
    assert hit["product"]["id"] == "p2"
    assert hit["explanation"]["colour"] == hit["score"]
    refused = run(indexed, *asked, "--colour", "reddish", expect=2)
    assert "black, grey, white" in refused.stderr


def test_search_takes_terms_with_weights_boxes_and_products(indexed, small_shop):
    query = small_shop / "query-3.png"

    def first(*terms):
        done = run(indexed, "search", *terms, "--json", "--limit", "1", "--literally")
        return json.loads(done.stdout)["hits"][0]["product"]["id"]

    assert first(query) == first(f"{query}[0,0,1,1]", "edged^0.01") == "p3"
    assert first(query, "edged") not in {"p0", "p3"}
    assert first(f"{query}^0.1", "product:p4") == "p4"
    assert first(query, "--not", "goldenrod") != "p3"
    assert first("disc", "--not", "crimson") == "p3"
    done = run(indexed, "search", "red^0", expect=2)
    assert "weight 0" in done.stderr


def test_search_prints_one_line_per_product(indexed, small_shop):
    query = small_shop / "query-3.png"
    done = run(indexed, "search", query, "--limit", "3", "--where", "price < 50 and in_stock")
    lines = done.stdout.strip().splitlines()
    assert len(lines) == 4
    assert "Product goldenrod" in lines[1]
    for part in ("40.50 EUR", "31", "3-"):
        assert part in lines[1]
    assert done.stderr == ""


def test_misspelt_words_are_put_right_aloud(indexed):
    done = run(indexed, "search", "royalblux")
    assert "searched for: royalblue" in done.stderr
    assert "royalblue" in done.stdout.casefold()


def test_search_json_has_the_documented_shape(indexed, small_shop):
    document = json.loads(run(indexed, "search", small_shop / "query-1.png", "--json").stdout)
    assert set(document) == {
        "query_id", "hits", "no_match", "read_as", "some_words", "facets", "space", "index_version",
        "timings",
    }  # fmt: skip
    hit = document["hits"][0]
    assert set(hit) == {"product", "variant", "photo", "score", "confidence", "explanation"}
    assert set(hit["product"]) == {
        "id", "title", "price", "currency", "stock", "in_stock", "categories", "brand", "url",
        "attributes", "photo",
    }  # fmt: skip
    assert hit["product"]["price"] == "20.50"
    assert hit["product"]["attributes"] == {"color": "seagreen"}
    assert set(document["timings"]) == {"decode_ms", "encode_ms", "store_ms", "total_ms"}


def test_search_writes_a_picture_page(indexed, small_shop, tmp_path):
    page = tmp_path / "page.html"
    run(indexed, "search", small_shop / "query-1.png", "--html", page)
    text = page.read_text()
    assert text.count("data:image/webp;base64,") == 7
    assert "Product seagreen" in text
    done = run(indexed, "search", small_shop / "query-1.png", "--html", "/no/such/x", expect=3)
    assert "/no/such/x: cannot be written" in done.stderr


def test_the_picture_page_shows_the_photo_wherever_it_stands(indexed, small_shop, tmp_path):
    page = tmp_path / "page.html"
    run(indexed, "search", "edged", "product:p1", small_shop / "query-1.png", "--html", page)
    assert "query-1.png" in page.read_text()
    done = run(indexed, "search", "product:p1", "--html", tmp_path / "none.html", expect=2)
    assert "--html shows the photo searched with" in done.stderr
    assert not (tmp_path / "none.html").exists()


def test_search_needs_nothing_but_what_is_unwanted(indexed):
    done = run(indexed, "search", "--not", "crimson", "--json")
    found = {hit["product"]["id"] for hit in json.loads(done.stdout)["hits"]}
    assert found == {"p1", "p2", "p3", "p4", "p5"}
    assert "give a QUERY" in run(indexed, "search", expect=2).stderr


def test_search_shows_why_on_the_picture_page(indexed, small_shop, tmp_path):
    page = tmp_path / "page.html"
    query = small_shop / "query-1.png"
    run(indexed, "search", query, "--limit", "2", "--html", page, "--explain")
    text = page.read_text()
    # The query, two cards, and for each of them both photos with their maps.
    assert text.count("data:image/webp;base64,") == 7
    assert text.count("<summary>Why this?") == 2
    assert "<script" not in text
    done = run(indexed, "search", query, "--explain", expect=2)
    assert "give --html FILE" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["search", "lost.jpg"], 3, "no such file"),
        (["search", ""], 2, "give a photo"),
        (["search", "{query}", "--where", "price <"], 2, "expected a number"),
        (["search", "{query}", "--metric", "nearest"], 2, "choose from"),
        (["search", "{query}", "--limit", "0"], 2, "limit 0"),
        (["search", "{query}", "--collection", "nowhere"], 2, "nowhere"),
        (["search", "{query}", "--unheard-of"], 2, "No such option"),
        (["index", "lost.csv"], 3, "lost.csv"),
        (["index", "{feed}", "--map", "title"], 2, "FIELD=COLUMN"),
        (["index", "{feed}", "--profile", "best"], 2, "choose from fast, quality"),
        (["collection", "show", "nowhere"], 2, "nowhere"),
        (["collection", "delete", "default"], 2, "--yes"),
        (["model", "show", "nothing"], 2, "no model 'nothing'"),
        (["model", "add", "nowhere"], 3, "cannot be read"),
        (["evaluate", "lost.csv"], 3, "lost.csv"),
        (["evaluate"], 2, "give one of QUERIES, --leave-one-out and --self-check"),
        (["evaluate", "lost.csv", "--self-check"], 2, "give one of QUERIES"),
        (["evaluate", "--self-check", "--sample", "0"], 2, "sample of 0"),
        (["evaluate", "--self-check", "--where", "price < 5"], 2, "--where goes with QUERIES"),
        (["evaluate", "--leave-one-out", "--sample", "5"], 2, "--sample goes with --self-check"),
        (["evaluate", "lost.csv", "--near-duplicate", "1"], 2, "goes with --leave-one-out"),
        (["evaluate", "--leave-one-out", "--level", "best"], 2, "choose from product, variant"),
        (["evaluate", "--self-check", "--level", "variant"], 2, "--level variant goes with"),
        (["nonsense"], 2, "No such command"),
    ],
)
def test_errors_have_a_message_and_their_exit_code(indexed, small_shop, arguments, code, message):
    names = {"query": small_shop / "query-0.png", "feed": small_shop / "feed.csv"}
    done = run(indexed, *(a.format(**names) for a in arguments), expect=code)
    assert message in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_bad_settings_are_named(tmp_path):
    done = run(tmp_path, "collection", "list", environment={"GOODSIGHT_THREADS": "x"}, expect=2)
    assert "GOODSIGHT_THREADS" in done.stderr


def test_a_server_that_is_not_there_is_named(tmp_path):
    url = "postgresql://nobody@127.0.0.1:1/none"
    done = run(tmp_path, "collection", "list", "--database", url, expect=1)
    assert "127.0.0.1" in done.stderr
    assert "Traceback" not in done.stderr


def test_evaluate(indexed, small_shop):
    document = json.loads(run(indexed, "evaluate", small_shop / "queries.csv", "--json").stdout)
    assert document["queries"] == 6
    assert document["recall@1"] == 1.0
    assert set(document) == {
        "queries", "recall@1", "recall@5", "recall@10", "mrr", "ndcg@10", "ci95",
        "per_category", "unknown", "calibration", "failed", "space", "mode", "stages", "worst",
        "left_out", "self_check",
    }  # fmt: skip
    assert set(document["stages"]) == {"decode", "encode", "store", "total"}
    table = run(indexed, "evaluate", small_shop / "queries.csv").stdout
    assert "recall@1" in table
    assert "6 queries" in table


def test_evaluate_without_labels(indexed, tmp_path):
    report = tmp_path / "report.html"
    done = run(indexed, "evaluate", "--self-check", "--sample", "3", "--html", report, "--json")
    document = json.loads(done.stdout)
    assert document["mode"] == "self-check"
    assert document["self_check"]["photos"] == 3
    assert document["self_check"]["undisturbed"]["recall@1"] == 1.0
    assert "rotated 90" in document["self_check"]["disturbances"]
    assert "rotated 90" in report.read_text(encoding="utf-8")
    table = run(indexed, "evaluate", "--self-check", "--sample", "1").stdout
    assert "share kept" in table
    assert "noisy ground" in table


def test_leaving_one_out_counts_photos_without_another(indexed):
    # Both photos of a product are drawn almost alike: nothing is left to find it by.
    done = run(indexed, "evaluate", "--leave-one-out", "--json", expect=3)
    document = json.loads(done.stdout)
    assert document["left_out"]["only_shots"] == 12
    assert "no query could be asked" in done.stderr
    options = ("--leave-one-out", "--near-duplicate", "1.1", "--json")
    document = json.loads(run(indexed, "evaluate", *options).stdout)
    assert (document["queries"], document["left_out"]["only_shots"]) == (12, 0)
    assert document["recall@1"] > 0.8
    assert set(document["stages"]) == {"compare"}


def test_ctrl_c_ends_an_evaluation(indexed):
    process = subprocess.Popen(
        [SCRIPT, "evaluate", "--self-check"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"GOODSIGHT_HOME": str(indexed)},
    )
    assert process.stderr.readline() == "evaluating\n"
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (130, "")
    assert "interrupted" in errors
    assert "Traceback" not in errors


def test_collections(indexed, small_shop):
    run(indexed, "index", small_shop / "photos", "--collection", "other")
    listed = json.loads(run(indexed, "collection", "list", "--json").stdout)
    assert [info["name"] for info in listed] == ["default", "other"]
    shown = json.loads(run(indexed, "collection", "show", "other", "--json").stdout)
    assert shown["products"] == 12
    assert "deleted" in run(indexed, "collection", "delete", "other", "--yes").stderr
    run(indexed, "collection", "show", "other", expect=2)
    with goodsight.open(indexed) as shop:
        (entry,) = shop.audit().entries(1)
    assert (entry.action, entry.target) == ("delete collection", "other")


def test_models(indexed, tmp_path):
    from encoders.tiny_models import good_folder

    names = [card["name"] for card in json.loads(run(indexed, "model", "list", "--json").stdout)]
    assert names[:3] == ["efficientnet-lite0", "efficientnet-lite1", "efficientnet-lite2"]
    added = run(indexed, "model", "add", good_folder(tmp_path, "plain"), "--json")
    assert json.loads(added.stdout)["dimension"] == 6
    assert "plain" in run(indexed, "model", "list").stdout
    assert "Apache-2.0" in run(indexed, "model", "show", "plain").stdout


def test_doctor(indexed):
    done = run(indexed, "doctor")
    assert "WRONG" not in done.stdout
    document = json.loads(run(indexed, "doctor", "--json").stdout)
    assert document["ok"] is True
    assert len(document["checks"]) >= 8
    leftover = indexed / ".restoring.killed"
    leftover.mkdir()
    os.utime(leftover, (0, 0))
    document = json.loads(run(indexed, "doctor", "--fix", "--json").stdout)
    assert document["ok"] is True
    assert ".restoring.killed" in document["checks"][0]["detail"]
    assert not leftover.exists()


def test_doctor_says_what_is_wrong_and_how_to_mend_it(tmp_path):
    (tmp_path / "home").write_text("a file in the way")
    done = run(tmp_path / "home", "doctor", expect=1)
    assert "WRONG" in done.stdout
    assert "--home" in done.stdout


def test_help_and_version(tmp_path):
    commands = ("demo", "index", "search", "evaluate", "collection", "model", "doctor")
    overview = run(tmp_path, "--help").stdout
    for command in commands:
        assert command in overview
        assert "Usage" in run(tmp_path, command, "--help").stdout
    assert run(tmp_path, "--version").stdout.startswith("goodsight 0.")


def test_help_imports_no_model_runtime_and_no_database_driver():
    code = (
        "import sys; sys.argv = ['goodsight', '--help']\n"
        "from goodsight.cli.main import run\n"
        "try: run()\n"
        "except SystemExit: pass\n"
        "heavy = {'onnxruntime', 'onnx', 'psycopg', 'PIL', 'alembic', 'sqlalchemy', 'numpy'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_no_color_and_pipes_get_plain_text(indexed, small_shop):
    query = small_shop / "query-0.png"
    for environment in ({}, {"NO_COLOR": "1", "FORCE_COLOR": ""}):
        done = run(indexed, "search", query, environment=environment)
        assert "\x1b[" not in done.stdout


def test_a_reader_that_leaves_early_is_no_error(indexed, small_shop):
    command = f"{SCRIPT} search {small_shop / 'query-0.png'} --json --home {indexed} | head -c 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout == "{"
    assert "Traceback" not in done.stderr


@pytest.mark.embedded
def test_ctrl_c_stops_cleanly_and_the_next_run_resumes(tmp_path):
    import numpy as np
    from PIL import Image

    photos = tmp_path / "photos"
    photos.mkdir()
    generator = np.random.default_rng(3)
    for number in range(400):
        pixels = generator.integers(0, 255, (8, 8, 3), dtype=np.uint8)
        Image.fromarray(pixels).resize((128, 128)).save(photos / f"{number}.png")
    environment = os.environ | {
        "GOODSIGHT_HOME": str(tmp_path / "home"),
        "GOODSIGHT_BATCH_SIZE": "4",
    }
    process = subprocess.Popen(
        [SCRIPT, "index", photos, "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    # The database's folder appears when the work begins.
    while not (tmp_path / "home" / "postgres").exists() and process.poll() is None:
        time.sleep(0.02)
    time.sleep(2.5)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "run the same command again to resume" in errors
    report = json.loads(output)
    assert report["interrupted"]
    resumed = json.loads(run(tmp_path / "home", "index", photos, "--json").stdout)["photos"]
    assert resumed["unchanged"] == report["photos"]["indexed"]
    assert resumed["indexed"] + resumed["unchanged"] == 400


def test_a_recording_is_searched_by(indexed, tmp_path):
    pytest.importorskip("pocketsphinx", reason="the extra 'voice' is absent")
    (tmp_path / "said.wav").write_bytes(say("product orchid"))
    done = run(indexed, "search", "--voice", tmp_path / "said.wav", "--json")
    assert "heard: product orchid" in done.stderr
    assert json.loads(done.stdout)["hits"][0]["product"]["id"] == "p4"
    (tmp_path / "silence.wav").write_bytes(silence())
    refused = run(indexed, "search", "--voice", tmp_path / "silence.wav", expect=3)
    assert "nothing was understood" in refused.stderr


def test_a_search_for_nothing_says_what_to_give(indexed, tmp_path):
    assert "give a QUERY, or --voice FILE" in run(indexed, "search", expect=2).stderr


def test_search_reads_words_as_a_request_and_says_how(indexed):
    done = run(indexed, "search", "not crimson, under 35", "--json")
    document = json.loads(done.stdout)
    assert sorted(hit["product"]["id"] for hit in document["hits"]) == ["p1", "p2"]
    assert document["understood"]["filter"] == "not color = 'crimson' and price < 35"
    assert "read as: not color = crimson · price < 35\n" in done.stderr
    literal = run(indexed, "search", "not crimson, under 35", "--literally", "--json")
    # Taken as words, crimson is what is asked for.
    assert json.loads(literal.stdout)["hits"][0]["product"]["id"] == "p0"
    assert "understood" not in json.loads(literal.stdout)
    assert "read as" not in literal.stderr


def test_search_says_nothing_of_words_that_stay_words(indexed):
    done = run(indexed, "search", "product", "--limit", "1")
    assert "read as" not in done.stderr


def test_learning_tells_what_photos_bring_to_words(tmp_path, named_shop):
    run(tmp_path, "index", named_shop / "feed.csv", environment={"GOODSIGHT_LEARN": "false"})
    learn = ("collection", "learn", "default", "--off")
    told = run(tmp_path, *learn).stderr
    assert "9 kinds of products as questions: average precision" in told
    assert told.rstrip().endswith("with photos; kept")
    bridge = json.loads(run(tmp_path, *learn, "--json").stdout)["bridge"]
    assert bridge["questions"] == 9
    assert bridge["low"] <= bridge["together"] - bridge["texts_alone"] <= bridge["high"]


def test_a_model_is_made_small_and_told_beside_its_own(indexed):
    done = run(
        indexed,
        "model",
        "quantise",
        "efficientnet-lite0",
        "--to",
        "small",
        "--photos",
        "4",
        "--json",
    )
    document = json.loads(done.stdout)
    assert document["card"]["name"] == "small"
    assert document["bytes_after"] < 0.3 * document["bytes_before"]
    assert document["calibrated"] == 4
    assert {"cosine", "speed", "recall", "is_worse", "rate_before", "rate_after"} <= set(document)
    assert "comparing: 12 of 12 photos" in done.stderr
    refused = run(indexed, "model", "quantise", "small", expect=3)
    assert "it is quantised already" in refused.stderr
    taken = run(indexed, "model", "quantise", "efficientnet-lite0", "--to", "small", expect=2)
    assert "there is a model 'small' already" in taken.stderr


def test_vectors_are_cut_where_little_is_lost_or_by_force(indexed):
    name = "default"
    refused = run(indexed, "collection", "compress", name, "--dimension", "2", expect=4)
    assert "1,280 numbers before, 2 cut" in refused.stdout
    assert "refused, nothing has changed" in refused.stderr
    forced = run(indexed, "collection", "compress", name, "--dimension", "8", "--force", "--json")
    document = json.loads(forced.stdout)
    assert document["switched"]
    assert document["dimension_after"] == 8
    assert document["bytes_after"] < document["bytes_before"]
    assert "model rollback" in forced.stderr
    run(indexed, "model", "rollback")
    run(indexed, "model", "prune")
    for wrong in (("--force",), ("--dimension", "8", "--off"), ("--dimension", "1280")):
        run(indexed, "collection", "compress", name, *wrong, expect=2)
