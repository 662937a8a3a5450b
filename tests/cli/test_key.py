"""`goodsight key` as a person and a script use it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import goodsight

SCRIPT = Path(sys.executable).with_name("goodsight")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


def run(home, *arguments, expect=0):
    variables = {k: v for k, v in os.environ.items() if not k.startswith("GOODSIGHT_")}
    done = subprocess.run(
        [SCRIPT, "key", *map(str, arguments), "--home", str(home)],
        capture_output=True,
        text=True,
        env=variables,
        check=False,
        timeout=120,
    )
    assert done.returncode == expect, (done.returncode, done.stdout, done.stderr)
    return done


def listed(home, key_id):
    [key] = [k for k in json.loads(run(home, "list", "--json").stdout) if k["id"] == key_id]
    return key


def test_create_prints_the_key_alone_on_stdout_and_advice_on_stderr(home):
    done = run(home, "create", "the shop's page", "--role", "search", "--days", "30",
               "--collection", "shoes", "--collection", "hats")  # fmt: skip
    text = done.stdout.strip()
    prefix, key_id, secret = text.split("_", 2)
    assert prefix == "gs"
    assert len(secret) == 43
    assert "not shown again" in done.stderr
    assert f"goodsight key revoke {key_id}" in done.stderr
    assert secret not in done.stderr
    key = listed(home, key_id)
    assert (key["name"], key["role"]) == ("the shop's page", "search")
    assert key["collections"] == ["shoes", "hats"]
    assert key["created_at"] < key["expires_at"]
    with goodsight.open(home) as shop:
        assert shop.keys().verify(text).id == key_id


def test_json_has_the_key_once_and_the_list_never(home):
    made = json.loads(run(home, "create", "owner", "--role", "admin", "--json").stdout)
    assert set(made) == {
        "id", "name", "role", "collections", "created_at", "expires_at", "revoked_at",
        "last_used_at", "key",
    }  # fmt: skip
    assert made["collections"] is made["expires_at"] is made["revoked_at"] is None
    secret = made["key"].split("_", 2)[2]
    assert secret not in run(home, "list", "--json").stdout + run(home, "list").stdout


def test_list_tells_what_each_key_may(home):
    run(home, "create", "till \x1b[31mred", "--role", "edit", "--days", "1")
    out = run(home, "list").stdout
    assert "\x1b" not in out
    line = next(line for line in out.splitlines() if "till" in line)
    for part in ("edit", "all", "valid until", "never"):
        assert part in line


def test_revoke_ends_a_key(home):
    made = json.loads(run(home, "create", "old", "--role", "search", "--json").stdout)
    done = run(home, "revoke", made["id"])
    assert done.stdout == ""
    assert "revoked 'old'" in done.stderr
    assert "revoked 20" in run(home, "list").stdout
    again = json.loads(run(home, "revoke", made["id"], "--json").stdout)
    assert again == listed(home, made["id"])
    with goodsight.open(home) as shop:
        assert shop.keys().verify(made["key"]) is None


def test_every_act_is_in_the_audit_without_the_secret(home):
    made = json.loads(run(home, "create", "audited", "--role", "edit", "--json").stdout)
    run(home, "revoke", made["id"])
    with goodsight.open(home) as shop:
        revoked, created = shop.audit().entries(2)
    assert (revoked.actor, revoked.action, revoked.target) == (
        "command line", "revoke key", made["id"],
    )  # fmt: skip
    assert (created.action, created.target) == ("make key", made["id"])
    assert created.detail["role"] == "edit"
    assert made["key"].split("_", 2)[2] not in json.dumps(dict(created.detail))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["create", "x", "--role", "root"], "choose from search, edit, admin"),
        (["create", "x"], "--role"),
        (["create", " ", "--role", "edit"], "needs a name"),
        (["create", "x", "--role", "edit", "--days", "0"], "valid for"),
        (["create", "x", "--role", "edit", "--days", "-3"], "valid for"),
        (["create", "x", "--role", "edit", "--days", "99999999999"], "calendar"),
        (["create", "x", "--role", "edit", "--collection", ""], "name is empty"),
        (["revoke", "nobody"], "no key 'nobody'"),
    ],
)
def test_wrong_usage_is_told_and_makes_nothing(home, arguments, message):
    before = run(home, "list", "--json").stdout
    done = run(home, *arguments, expect=2)
    assert message in done.stderr
    assert done.stdout == ""
    assert run(home, "list", "--json").stdout == before


def test_a_database_without_keys_says_how_to_make_one(tmp_path):
    assert "goodsight key create" in run(tmp_path, "list").stdout
    assert json.loads(run(tmp_path, "list", "--json").stdout) == []
