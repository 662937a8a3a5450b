"""The HTTP service over 100,000 photos: what it adds to decoding and encoding, and under load.

One client first, then sixteen that search by upload without a pause, on the same cores as the
service. `GOODSIGHT_SOAK_SECONDS` says for how long; `make soak` takes five minutes.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection
from itertools import cycle
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import psutil

from benchmarks.data import draw_mixtures, real_photos
from benchmarks.figures import Figure
from benchmarks.searching import PRODUCTS, SEED_PHOTOS, fill, real_features
from goodsight.client import Client
from goodsight.config import load_settings
from goodsight.wiring import Wiring

__all__ = ["measure"]

CLIENTS = 16
SECONDS = int(os.environ.get("GOODSIGHT_SOAK_SECONDS", "60"))
QUERIES = 200
WARM_UP = 200
ALONE_SECONDS = 10
BOUNDARY = b"a-photo-and-nothing-else"
MULTIPART = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY.decode()}"}
SCRIPT = Path(sys.executable).with_name("goodsight")


def measure() -> list[Figure]:
    photos = real_photos(SEED_PHOTOS)
    if not photos:
        return [Figure("service at 100k photos", None, "", 0, True, "no photos here")]
    with tempfile.TemporaryDirectory() as home:
        wiring = Wiring(load_settings({"home": home}))
        features = real_features(wiring, photos)
        # The photos asked with are mixed into the catalogue, so that answers are as in life.
        fill(wiring, draw_mixtures(features, PRODUCTS, seed=1))
        with Service(Path(home)) as service:
            figures = one_client(wiring, service.url, photos)
            figures += many_clients(wiring, service, photos)
        wiring.close()
    return figures


class Service:
    """`goodsight serve` in a process of its own."""

    def __init__(self, home: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [SCRIPT, "serve", "--home", home, "--port", str(port)],
            env={
                **os.environ,
                "GOODSIGHT_REQUESTS_PER_MINUTE": "0",
                # Full within seconds, as 256 MB would be within minutes.
                "GOODSIGHT_UPLOAD_MEGABYTES": "32",
            },
            stderr=subprocess.DEVNULL,
        )

    def __enter__(self) -> Service:
        with Client(self.url, attempts=60) as client:
            client.is_ready()
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(60)

    @property
    def megabytes(self) -> float:
        return psutil.Process(self.process.pid).memory_info().rss / 2**20


def one_client(wiring: Wiring, url: str, photos: list[Path]) -> list[Figure]:
    """The same photo by HTTP and in this process, one after the other, so that both meet the
    same noise."""
    encoder = wiring.encoder("efficientnet-lite0")
    loader = wiring.query_photos(encoder.card.preprocessing.resize_size)
    ours, alone = [], []
    with Client(url) as client:
        for number, photo in enumerate(photos[: QUERIES + WARM_UP]):
            data = photo.read_bytes()
            started = time.perf_counter()
            client.search(image=data, limit=10)
            searched = time.perf_counter()
            encoder.encode_photos([loader.load(str(photo))])
            encoded = time.perf_counter()
            if number >= WARM_UP:
                ours.append((searched - started) * 1000)
                alone.append((encoded - searched) * 1000)
    added = float(np.median(ours) - np.median(alone))
    note = f"{np.median(ours):.1f} ms in all, decode + encode {np.median(alone):.1f} ms"
    return [Figure("service + store over decode + encode, p50", added, "ms", 10, False, note)]


@dataclass
class Tally:
    """What the clients saw."""

    milliseconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def many_clients(wiring: Wiring, service: Service, photos: list[Path]) -> list[Figure]:
    before = decode_and_encode_alone(wiring, photos)
    bodies = [photo.read_bytes() for photo in photos]
    tally, megabytes = Tally(), []
    stop = time.monotonic() + SECONDS
    threads = [
        threading.Thread(target=search_until, args=[service.url, bodies, number, stop, tally])
        for number in range(CLIENTS)
    ]
    for thread in threads:
        thread.start()
    while time.monotonic() < stop:
        time.sleep(min(5, SECONDS / 10))
        megabytes.append(service.megabytes)
    for thread in threads:
        thread.join()
    after = decode_and_encode_alone(wiring, photos)
    p50, p99 = np.percentile(tally.milliseconds, (50, 99))
    rate = len(tally.milliseconds) / SECONDS
    half = len(megabytes) // 2
    growth = float(np.median(megabytes[-3:]) - np.median(megabytes[half - 1 : half + 2]))
    note = f"{rate:.0f}/s of {before:.0f} and {after:.0f}/s; {tally.errors[:1]}"
    return [
        Figure("16 clients: errors", len(tally.errors), "", 0, False, note),
        Figure(
            "16 clients: rate / decode + encode alone", rate * 2 / (before + after), "×", 0.6, True
        ),
        Figure("16 clients: p99 / p50", float(p99 / p50), "×", 5, False, f"p50 {p50:.0f} ms"),
        Figure(
            "16 clients: memory grown over the second half",
            growth,
            "MB",
            30,
            False,
            f"{megabytes[-1]:.0f} MB after {SECONDS} s",
        ),
    ]


def search_until(url: str, bodies: list[bytes], first: int, stop: float, tally: Tally) -> None:
    """A client that does as little as it can: it takes its time from the cores it measures."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=60)
    requests = [multipart(body) for body in bodies[first * 40 :] + bodies[: first * 40]]
    for request in cycle(requests):
        if time.monotonic() >= stop:
            connection.close()
            return
        started = time.perf_counter()
        connection.request("POST", "/v1/collections/default/search", request, MULTIPART)
        response = connection.getresponse()
        answer = response.read()
        took = (time.perf_counter() - started) * 1000
        if response.status == 200 and len(json.loads(answer)["hits"]) == 10:
            tally.milliseconds.append(took)
        else:
            tally.errors.append(f"{response.status} {answer[:200]!r}")


def multipart(photo: bytes) -> bytes:
    """An upload as a browser sends it."""
    head = b'Content-Disposition: form-data; name="image"; filename="photo.jpg"'
    parts = (head, b"Content-Type: image/jpeg", b"", photo, b"--" + BOUNDARY + b"--", b"")
    return b"\r\n".join((b"--" + BOUNDARY, *parts))


def decode_and_encode_alone(wiring: Wiring, photos: list[Path]) -> float:
    """Photos a second on all cores without store or service."""
    encoder = wiring.encoder("efficientnet-lite0")
    loader = wiring.query_photos(encoder.card.preprocessing.resize_size)
    workers = len(os.sched_getaffinity(0))
    stop = time.monotonic() + ALONE_SECONDS

    def work(first: int) -> int:
        done = 0
        for photo in cycle(photos[first::workers]):
            encoder.encode_photos([loader.load(str(photo))])
            done += 1
            if time.monotonic() >= stop:
                return done
        return done

    with ThreadPoolExecutor(workers) as threads:
        return sum(threads.map(work, range(workers))) / ALONE_SECONDS
