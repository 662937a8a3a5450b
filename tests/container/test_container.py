"""What the container promises, read from its files. `make container-check` lives through it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from container_steps import dockerfile
from container_steps.building import is_sent

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]


def stages(**arguments: str) -> list[dockerfile.Stage]:
    return dockerfile.read(TEXT, arguments)


def test_a_dockerfile_is_read_as_the_engine_reads_it():
    text = (
        "ARG IMAGE=slim:1\n# a remark\nFROM ${IMAGE} AS first\nARG LOCK=a\nENV X=1 \\\n"
        "    # within\n    Y=two\nCOPY --chmod=0644 $LOCK.txt b/ \\\n  c/\nRUN echo $LOCK\n"
        'FROM other:2\nCOPY --from=first /b /b\nCMD ["x", "y"]\n'
    )
    first, second = dockerfile.read(text, {"LOCK": "z"})
    assert (first.image, first.name, second.image) == ("slim:1", "first", "other:2")
    assert first.environment == {"LOCK": "z", "X": "1", "Y": "two"}
    assert first.last("COPY").sources == ["z.txt", "b/"]
    assert first.last("RUN").text == "echo $LOCK"
    assert second.last("COPY").from_stage == "first"
    assert second.last("CMD").command == ["x", "y"]


def test_images_are_named_exactly():
    used = [stage.image for stage in stages()]
    used.append(re.sub(r"\$\{\w+:-(.*)\}", r"\1", SERVICES["database"]["image"]))
    for image in used:
        assert re.search(r":\d", image), f"{image} has no version as its tag"
    digest = "python:3@sha256:" + "0" * 64
    assert {stage.image for stage in stages(PYTHON_IMAGE=digest)} == {digest}


@pytest.mark.parametrize("lock", ["serve", "quality"])
def test_all_that_is_copied_is_there_and_sent(lock):
    copies = [step for stage in stages(LOCK=lock) for step in stage.all("COPY")]
    sources = [source for step in copies if not step.from_stage for source in step.sources]
    assert f"requirements/{lock}.txt" in sources
    for source in sources:
        assert (ROOT / source).exists(), source
        assert is_sent(source, ROOT), f".dockerignore keeps {source} back"
    for kept in (".git", "secrets/database_password", ".venv/bin/python", "tests", "feeds/a.csv"):
        assert not is_sent(kept, ROOT), kept


def test_nothing_is_installed_without_its_hash():
    installs = [line for line in re.findall(r"pip install[^&]*", TEXT) if "dist/*.whl" not in line]
    assert len(installs) == 2
    assert all("--require-hashes" in line for line in installs)
    for name in ("serve", "quality", "build"):
        lock = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        for pinned in re.split(r"\n(?=\w)", lock):
            assert "--hash=sha256:" in pinned, f"{name}: {pinned.splitlines()[0]}"


def test_the_image_runs_without_rights_and_says_how_it_is():
    image = stages()[-1]
    assert int(image.last("USER").text.split(":")[0]) >= 1000
    assert image.last("VOLUME").text == image.environment["GOODSIGHT_HOME"]
    assert image.last("HEALTHCHECK").command[-1].endswith("health.py")
    # The list form: a shell between would not pass SIGTERM on.
    assert image.last("ENTRYPOINT").command
    assert image.last("CMD").command == ["serve"]
    after = image.steps[image.steps.index(image.last("USER")) :]
    assert not [step for step in after if step.name in ("RUN", "COPY")]


def test_no_secret_stays_in_a_layer_or_in_the_compose_file():
    names = [name for stage in stages() for name in stage.environment]
    assert not [name for name in names if re.search("PASSWORD|SECRET|TOKEN|KEY", name)]
    for service in SERVICES.values():
        for name, value in service["environment"].items():
            assert "PASSWORD" not in name or str(value).startswith("/run/secrets/"), name
    assert "@database" in SERVICES["goodsight"]["environment"]["GOODSIGHT_DATABASE_URL"]


@pytest.mark.parametrize("name", ["goodsight", "database"])
def test_services_are_hardened(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert "cap_add" not in service
    assert "privileged" not in service
    user = service.get("user") or stages()[-1].last("USER").text
    assert not user.startswith(("0", "root"))


def test_only_this_machine_reaches_the_service_and_nobody_the_database():
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["goodsight"]["ports"])
    assert "ports" not in SERVICES["database"]
    assert SERVICES["database"]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"]["internal"] is True


def test_the_service_waits_for_a_healthy_database_and_is_given_time_to_end():
    assert SERVICES["goodsight"]["depends_on"]["database"]["condition"] == "service_healthy"
    assert SERVICES["database"]["healthcheck"]["test"][1] == "pg_isready"
    server = (ROOT / "src/goodsight/service/server.py").read_text(encoding="utf-8")
    grace = int(re.search(r"GRACE_SECONDS = (\d+)", server)[1])
    assert int(SERVICES["goodsight"]["stop_grace_period"].rstrip("s")) > grace


def test_the_password_comes_from_its_file(tmp_path):
    (tmp_path / "goodsight").write_text('#!/bin/sh\necho "$PGPASSWORD|$*"\n')
    (tmp_path / "goodsight").chmod(0o755)
    (tmp_path / "password").write_text("of the file\n")
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    command = ["sh", ROOT / "container" / "entrypoint.sh", "search", "a b"]

    def told(**more: str) -> str:
        done = subprocess.run(command, env=environment | more, capture_output=True, check=True)
        return done.stdout.decode().strip()

    assert told(DATABASE_PASSWORD_FILE=str(tmp_path / "password")) == "of the file|search a b"
    assert told() == "|search a b"
