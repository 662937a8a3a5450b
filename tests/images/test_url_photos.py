"""Photos by URL through the loader: fetched once, cached, asked for news, bounded on disk."""

from __future__ import annotations

import io
import os

import pytest

from goodsight.core.errors import PhotoError
from goodsight.images import CATALOGUE_LIMITS, FilePhotoLoader, GuardedFetcher, UrlPhotos
from goodsight.images.fetch import Fetched
from goodsight.images.photo_cache import PhotoCache
from images.web_server import WebServer
from small_shop import draw_shape


@pytest.fixture
def web():
    server = WebServer()
    yield server
    server.close()


def png(number):
    buffer = io.BytesIO()
    draw_shape(number).save(buffer, "PNG")
    return buffer.getvalue()


def loader(web, folder, max_bytes=1 << 20):
    fetcher = GuardedFetcher(ports=(web.port,), is_allowed=lambda address: True)
    urls = UrlPhotos(fetcher, PhotoCache(folder, max_bytes))
    return FilePhotoLoader(64, CATALOGUE_LIMITS, urls)


def test_hash_and_pixels_cost_one_request(web, tmp_path):
    url = web.put("/a.png", png(1))
    photos = loader(web, tmp_path)
    content_hash = photos.content_hash(url)
    assert photos.load(url).content_hash == content_hash
    assert len(web.requests) == 1


def test_the_next_run_asks_for_news(web, tmp_path):
    url = web.put("/a.png", png(1), ETag='"one"')
    first = loader(web, tmp_path).content_hash(url)
    web.put("/a.png", status="304 Not Modified")
    assert loader(web, tmp_path).content_hash(url) == first
    assert 'If-None-Match: "one"' in web.requests[1]
    web.put("/a.png", png(2), ETag='"two"')
    assert loader(web, tmp_path).content_hash(url) != first


def test_a_photo_that_is_gone_is_no_photo_even_if_it_was_cached(web, tmp_path):
    url = web.put("/a.png", png(1))
    loader(web, tmp_path).content_hash(url)
    web.put("/a.png", status="404 Not Found")
    with pytest.raises(PhotoError, match="404"):
        loader(web, tmp_path).content_hash(url)


def test_without_a_reader_of_urls_they_are_refused():
    photos = FilePhotoLoader(64, CATALOGUE_LIMITS)
    for ask in (photos.content_hash, photos.load):
        with pytest.raises(PhotoError, match="not fetched here"):
            ask("https://example.com/a.jpg")


def test_the_oldest_photos_make_room(tmp_path):
    cache = PhotoCache(tmp_path, 5000)
    for number in range(20):
        cache.put(f"http://example.com/{number}", Fetched(bytes(1000)))
        for path in tmp_path.glob("*/*.photo"):
            os.utime(path, (path.stat().st_mtime - 10,) * 2)
    kept = [number for number in range(20) if cache.get(f"http://example.com/{number}")]
    assert kept
    assert kept[-1] == 19
    assert kept == list(range(kept[0], 20))
    assert sum(path.stat().st_size for path in tmp_path.glob("*/*")) <= 5000


def test_a_damaged_or_foreign_file_is_not_believed(tmp_path):
    cache = PhotoCache(tmp_path, 5000)
    cache.put("http://example.com/", Fetched(b"photo", '"1"'))
    assert cache.get("http://example.com/") == Fetched(b"photo", '"1"')
    [path] = tmp_path.glob("*/*.photo")
    whole = path.read_bytes()
    for damaged in (whole[:-1], whole[5:], b"", b"[]\n", whole + b"x"):
        path.write_bytes(damaged)
        assert cache.get("http://example.com/") is None


def test_a_folder_that_cannot_be_written_caches_nothing(tmp_path):
    (tmp_path / "file").write_text("")
    cache = PhotoCache(tmp_path / "file" / "below", 5000)
    cache.put("http://example.com/", Fetched(b"photo"))
    assert cache.get("http://example.com/") is None
