"""The models a collection keeps, over HTTP: told, gone back to, dropped; and their runs."""

from __future__ import annotations

import pytest

from goodsight.core.gating import Comparison, Verdict
from goodsight.core.tuning import TuningRecord, TuningStatus
from service.tuned import content_hash, drawn_record, record_run, tuned_collection

ROOT = "/v1/collections/modelled"
NOTHING = float("nan")


@pytest.fixture(scope="module")
def shop(service, small_shop):
    shop = tuned_collection(service, small_shop, "modelled")
    yield shop
    shop.delete()


@pytest.fixture(scope="module")
def admin(service):
    return service.key()


@pytest.fixture
def get(service, shop, admin):
    def ask(path, status=200):
        answer = service.client.get(ROOT + path, headers=admin)
        assert answer.status_code == status, answer.text
        return answer.json()

    return ask


@pytest.fixture
def change(service, shop, admin):
    def ask(path, status=200):
        answer = service.client.post(f"{ROOT}/spaces/{path}", headers=admin)
        assert answer.status_code == status, answer.text
        return answer.json()

    return ask


def test_a_run_is_told_with_all_that_was_recorded(shop, get, service):
    run_id = record_run(shop, TuningStatus.SWITCHED, drawn_record(shop), forced=True)
    summary = get("/tuning-runs")["runs"][0]
    run = get(f"/tuning-runs/{run_id}")
    assert summary == {key: run[key] for key in summary}
    assert (run["status"], run["method"], run["forced"]) == ("switched", "head", True)
    assert (run["before"], run["after"], run["passed"]) == (0.75, 0.875, True)
    assert (run["gains"], run["losses"]) == (2, 1)
    assert run["space_id"] == next(s["id"] for s in get("/spaces")["spaces"] if s["is_active"])
    assert run["settings"][1] == {"name": "epochs", "value": "4"}
    assert run["curve"][2:] == [
        {"epoch": 3, "loss": 1.5, "recall": 0.875},
        {"epoch": 4, "loss": None, "recall": 0.8125},
    ]
    assert [found["is_gain"] for found in run["comparisons"]] == [True, False, False]
    assert run["model"]["base_space"] == shop.info().encoder_space
    worse = run["changed"][2]
    assert (worse["is_gain"], worse["product"]["id"], worse["after"]["id"]) == (False, "p3", "p5")
    assert worse["before"]["title"] == "Product goldenrod"
    assert worse["after"]["photo"].endswith(content_hash(shop, "p5"))
    assert service.client.get(worse["after"]["photo"]).headers["content-type"] == "image/webp"


def test_a_refused_run_and_figures_that_are_none(shop, get):
    nothing = Comparison("unseen products", 0, NOTHING, NOTHING, NOTHING, NOTHING)
    verdict = Verdict(False, ("only 0 photos could be held back",), (nothing,))
    run_id = record_run(shop, TuningStatus.REFUSED, TuningRecord(verdict=verdict, reason="why"))
    run = get(f"/tuning-runs/{run_id}")
    assert (run["before"], run["comparisons"][0]["low"]) == (None, None)
    assert (run["passed"], run["reason"], run["space_id"]) == (False, "why", None)
    assert run["reasons"] == ["only 0 photos could be held back"]
    assert [found["id"] for found in get("/tuning-runs?limit=1")["runs"]] == [run_id]
    assert get(f"/tuning-runs/{run_id + 1}", 404)["type"] == "/problems/not-found"
    assert get("/tuning-runs?limit=0", 422)["type"] == "/problems/invalid-request"


def test_back_and_forth_and_no_further(get, change, service, admin):
    own, first, second = get("/spaces")["spaces"]
    assert [space["origin"] for space in (own, first, second)] == ["encoder", "tuned", "tuned"]
    assert (second["is_active"], second["former"], second["dimension"]) == (True, first["id"], 48)
    assert second["bytes"] > 0
    assert change("rollback") == {"space": first["space"]}
    assert change("rollback") == {"space": own["space"]}
    refused = change("rollback", 409)
    assert refused["type"] == "/problems/conflict"
    assert "no former model" in refused["detail"]
    assert change(f"{second['id']}/activate") == {"space": second["space"]}
    assert change(f"{second['id']}/activate") == {"space": second["space"]}
    assert change("1000000/activate", 404)["type"] == "/problems/not-found"
    found = service.client.post(ROOT + "/search", json={"query": [{"product_id": "p2"}]})
    assert found.json()["space"] == second["space"]
    entries = service.client.get("/v1/audit?limit=2", headers=admin).json()["entries"]
    assert [entry["action"] for entry in entries] == ["switch model", "switch model"]
    assert entries[0]["detail"] == {"space": second["space"]}
    assert entries[0]["target"] == "modelled"


def test_dropped_ones_are_gone(get, change, service, admin):
    change(f"{get('/spaces')['spaces'][-1]['id']}/activate")
    assert change("prune") == {"dropped": 2}
    [left] = get("/spaces")["spaces"]
    assert left["is_active"]
    assert change("prune") == {"dropped": 0}
    assert change("rollback", 409)["type"] == "/problems/conflict"
    [entry] = service.client.get("/v1/audit?limit=1", headers=admin).json()["entries"]
    assert (entry["action"], entry["detail"]) == ("prune models", {"spaces": 0})


@pytest.mark.parametrize("path", ["/tuning-runs", "/tuning-runs/1", "/spaces"])
def test_only_owners_of_a_collection_that_exists(service, admin, path):
    nowhere = "/v1/collections/nowhere" + path
    assert service.client.get(ROOT + path).status_code == 401
    answer = service.client.get(nowhere, headers=admin)
    assert answer.json()["type"] == "/problems/collection-not-found"


@pytest.mark.parametrize("change", ["rollback", "prune", "1/activate"])
def test_a_key_that_edits_switches_nothing(service, change):
    headers = service.key("edit")
    answer = service.client.post(f"{ROOT}/spaces/{change}", headers=headers)
    assert answer.json()["type"] == "/problems/forbidden"
