"""`goodsight serve` and `goodsight demo` as processes: addresses, keys, an orderly end."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest

SCRIPT = Path(sys.executable).with_name("goodsight")


def start(*arguments, **environment):
    variables = {k: v for k, v in os.environ.items() if not k.startswith("GOODSIGHT_")}
    return subprocess.Popen(
        [SCRIPT, "serve", *map(str, arguments)],
        stderr=subprocess.PIPE,
        text=True,
        env={**variables, **environment},
    )


def address(process) -> str:
    line = process.stderr.readline()
    found = re.search(r"https?://\S+", line)
    assert found, line + process.stderr.read()
    return found[0]


def asked(url, **options):
    """The answer, once the service answers at all."""
    for _ in range(200):
        with suppress(httpx2.TransportError):
            return httpx2.get(url, trust_env=False, timeout=30, **options)
        time.sleep(0.05)
    raise AssertionError("the service did not come up")


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_and_ends_in_order(tmp_path, ending):
    process = start("--home", tmp_path / "home", "--port", 0)
    url = address(process)
    assert url.startswith("http://127.0.0.1:")
    answer = asked(url + "v1/health/ready")
    assert answer.json() == {"status": "ready"}
    assert "<title>Goodsight" in httpx2.get(url, trust_env=False).text
    process.send_signal(ending)
    assert process.wait(30) in (0, -ending, 128 + ending)
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl for a certificate")
def test_it_speaks_tls(tmp_path):
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    request = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost".split()
    request += ["-addext", "subjectAltName=IP:127.0.0.1"]
    command = ["openssl", *request, "-out", certificate, "-keyout", key]
    subprocess.run(command, check=True, capture_output=True)
    process = start(
        *("--home", tmp_path / "home", "--port", 0),
        GOODSIGHT_TLS_CERTIFICATE=str(certificate),
        GOODSIGHT_TLS_KEY=str(key),
    )
    url = address(process)
    assert url.startswith("https://")
    trusted = ssl.create_default_context(cafile=certificate)
    answer = asked(url + "v1/health/live", verify=trusted)
    assert answer.json() == {"status": "live"}
    assert answer.headers["strict-transport-security"].startswith("max-age=31536000")
    process.terminate()
    process.wait(30)
    process.stderr.close()


def test_a_taken_port_is_told(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = start("--home", tmp_path / "home", "--port", taken.getsockname()[1])
        _, words = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "cannot listen on 127.0.0.1" in words


def test_the_world_is_not_let_in_without_a_key(tmp_path):
    process = start("--home", tmp_path / "home", "--host", "192.0.2.1")
    _, words = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "no key yet" in words
    assert "goodsight key create" in words


def test_a_missing_certificate_is_told(tmp_path):
    process = start("--home", tmp_path / "home", GOODSIGHT_TLS_CERTIFICATE="lost.pem")
    _, words = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "lost.pem: no such file" in words
