"""Keys, roles, collections, sessions: who may do what, and who may not."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from goodsight.config import Settings
from goodsight.core.access import Role
from goodsight.core.errors import UsageError
from goodsight.service import check_address

SEARCH = "/v1/collections/default/search"
# One route of each role.
ROUTES = {
    Role.SEARCH: ("GET", "/v1/collections/default"),
    Role.EDIT: ("DELETE", "/v1/collections/default/products/nothing"),
    Role.ADMIN: ("GET", "/v1/collections/default/runs"),
}


@pytest.fixture
def closed(start_service):
    """A service whose searching needs a key too."""
    return start_service(open_search=False)


@pytest.mark.parametrize("held", Role)
@pytest.mark.parametrize("needed", Role)
def test_each_role_reaches_as_far_as_it_should(closed, held, needed):
    method, path = ROUTES[needed]
    status = closed.client.request(method, path, headers=closed.key(held)).status_code
    assert (status != 403) == held.allows(needed)
    assert status in (200, 403, 404)


@pytest.mark.parametrize("needed", Role)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer gs_000000000000_unknown"},
        {"Authorization": "Bearer"},
        {"Authorization": "Basic dXNlcjpwYXNz"},
        {"X-API-Key": "x" * 5000},
        {"Cookie": "goodsight_session=guess"},
    ],
)
def test_without_a_valid_key_nothing_opens(closed, needed, headers):
    method, path = ROUTES[needed]
    response = closed.client.request(method, path, headers=headers)
    assert response.status_code == 401
    assert response.json()["type"] == "/problems/unauthorized"
    assert "Bearer" in response.headers["www-authenticate"]


def test_both_headers_carry_a_key(closed):
    bearer = closed.key(Role.SEARCH)
    text = bearer["Authorization"].removeprefix("Bearer ")
    for headers in (bearer, {"X-API-Key": text}):
        assert closed.client.post(SEARCH, json={}, headers=headers).status_code == 200


def test_a_key_for_one_collection_opens_no_other(closed):
    headers = closed.key(Role.ADMIN, collections=["elsewhere"])
    assert closed.client.post(SEARCH, json={}, headers=headers).status_code == 403
    assert closed.client.get("/v1/audit", headers=headers).status_code == 403
    assert closed.client.get("/v1/collections", headers=headers).json() == {"collections": []}


def test_revoked_and_expired_keys_close_at_once(closed):
    store = closed.state.wiring.store()
    made = store.keys.create("short", Role.SEARCH, valid_for=timedelta(milliseconds=1))
    headers = {"X-API-Key": made.text}
    assert closed.client.post(SEARCH, json={}, headers=headers).status_code == 401
    made = store.keys.create("revoked", Role.SEARCH)
    headers = {"X-API-Key": made.text}
    assert closed.client.post(SEARCH, json={}, headers=headers).status_code == 200
    store.keys.revoke(made.key.id)
    assert closed.client.post(SEARCH, json={}, headers=headers).status_code == 401


def test_on_this_machine_searching_is_open_and_nothing_else(service):
    assert service.client.post(SEARCH, json={}).status_code == 200
    for role in (Role.EDIT, Role.ADMIN):
        method, path = ROUTES[role]
        assert service.client.request(method, path).status_code == 401


def sign_in(service, role=Role.ADMIN):
    text = service.key(role)["Authorization"].removeprefix("Bearer ")
    response = service.client.post("/v1/session", json={"key": text})
    assert response.status_code == 200, response.text
    return response


def test_a_session_s_cookie_is_out_of_reach_for_scripts_and_other_sites(start_service):
    service = start_service()
    cookie = sign_in(service).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "path=/" in cookie


def test_a_session_changes_things_only_with_its_token(start_service):
    service = start_service()
    token = sign_in(service).json()["csrf_token"]
    client = service.client
    assert client.get("/v1/keys").status_code == 200
    body = {"name": "made by session", "role": "search"}
    assert client.post("/v1/keys", json=body).status_code == 403
    assert client.post("/v1/keys", json=body, headers={"X-CSRF-Token": "x"}).status_code == 403
    from_elsewhere = {"X-CSRF-Token": token, "Origin": "https://evil.example"}
    assert client.post("/v1/keys", json=body, headers=from_elsewhere).status_code == 403
    made = client.post("/v1/keys", json=body, headers={"X-CSRF-Token": token})
    assert made.status_code == 201
    assert client.get("/v1/session").json()["csrf_token"] == token
    ours = {"X-CSRF-Token": token, "Origin": service.url}
    assert client.delete(f"/v1/keys/{made.json()['id']}", headers=ours).status_code == 204
    assert client.delete("/v1/session").status_code == 204
    assert client.get("/v1/keys").status_code == 401


def test_a_revoked_key_ends_its_sessions(start_service):
    service = start_service()
    store = service.state.wiring.store()
    made = store.keys.create("owner", Role.ADMIN)
    assert service.client.post("/v1/session", json={"key": made.text}).status_code == 200
    store.keys.revoke(made.key.id)
    assert service.client.get("/v1/session").status_code == 401


def test_guessing_keys_is_slowed_down(start_service):
    service = start_service()
    statuses = [
        service.client.post("/v1/session", json={"key": f"gs_{n}_x"}).status_code for n in range(15)
    ]
    assert statuses[:10] == [401] * 10
    assert statuses[-1] == 429
    statuses = [
        service.client.get("/v1/keys", headers={"X-API-Key": f"gs_{n}_x"}).status_code
        for n in range(25)
    ]
    assert statuses[0] == 401
    assert statuses[-1] == 429


def test_administrative_acts_are_on_record(service):
    headers = service.key()
    made = service.client.post(
        "/v1/keys", json={"name": "for the record", "role": "edit", "days": 3}, headers=headers
    ).json()
    assert service.client.delete(f"/v1/keys/{made['id']}", headers=headers).status_code == 204
    entries = service.client.get("/v1/audit", headers=headers).json()["entries"]
    acts = [(entry["action"], entry["target"]) for entry in entries]
    assert acts[:2] == [("revoke key", made["id"]), ("make key", made["id"])]
    assert made["key"] not in str(entries)
    listed = service.client.get("/v1/keys", headers=headers).json()["keys"]
    assert made["key"] not in str(listed)
    assert next(key for key in listed if key["id"] == made["id"])["revoked_at"]


def test_the_world_is_let_in_only_with_a_key(tmp_path, service_home):
    with pytest.raises(UsageError, match="no key yet"):
        check_address(Settings(home=tmp_path / "new", host="192.0.2.1"), insecure=False)
    check_address(Settings(home=tmp_path / "new", host="192.0.2.1"), insecure=True)
    check_address(Settings(home=tmp_path / "new", host="127.0.0.1"), insecure=False)


def test_many_sign_in_attempts_side_by_side_open_nothing(closed):
    statuses = []

    def guess(number):
        response = closed.client.get("/v1/keys", headers={"X-API-Key": f"gs_{number}_x"})
        statuses.append(response.status_code)

    threads = [threading.Thread(target=guess, args=[n]) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(statuses) <= {401, 429}
