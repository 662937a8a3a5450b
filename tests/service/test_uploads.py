"""Photos searched with: made anew, kept for minutes, bounded, deletable, told to no one."""

from __future__ import annotations

import io

from PIL import ExifTags, Image

from goodsight.service.uploads import Upload, Uploads
from small_shop import draw_shape

SEARCH = "/v1/collections/default/search"


def photo_with_position() -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Secret camera"
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitudeRef] = "N"
    place[ExifTags.GPS.GPSLatitude] = (52.0, 31.0, 12.0)
    buffer = io.BytesIO()
    draw_shape(1).save(buffer, "JPEG", exif=exif, comment=b"secret comment")
    return buffer.getvalue() + b"PK\x03\x04 secret second half"


def test_no_position_survives(service):
    sent = photo_with_position()
    assert b"Secret" in sent
    image_id = service.client.post(SEARCH, files={"image": sent}).json()["image_id"]
    kept = service.client.get(f"/v1/uploads/{image_id}")
    assert kept.headers["content-type"] == "image/jpeg"
    assert b"ecret" not in kept.content
    with Image.open(io.BytesIO(kept.content)) as picture:
        assert picture.size == (200, 200)
        assert not picture.getexif()
        assert "exif" not in picture.info


def test_a_large_photo_is_kept_smaller(service):
    buffer = io.BytesIO()
    draw_shape(2).resize((3000, 2000)).save(buffer, "JPEG")
    answer = service.client.post(SEARCH, files={"image": buffer.getvalue()}).json()
    assert answer["photo"]["width"] == 3000
    kept = service.client.get(f"/v1/uploads/{answer['image_id']}").content
    with Image.open(io.BytesIO(kept)) as picture:
        assert max(picture.size) <= 1600
        assert min(picture.size) >= 448


def test_a_photo_is_forgotten_on_request(service):
    sent = photo_with_position()
    image_id = service.client.post(SEARCH, files={"image": sent}).json()["image_id"]
    assert service.client.delete(f"/v1/uploads/{image_id}").status_code == 204
    assert service.client.get(f"/v1/uploads/{image_id}").status_code == 404
    assert service.client.delete(f"/v1/uploads/{image_id}").status_code == 404
    again = service.client.post(SEARCH, json={"query": [{"image_id": image_id}]})
    assert again.json()["type"] == "/problems/upload-expired"


def test_ids_are_random_and_no_list_exists(service):
    sent = photo_with_position()
    ids = {service.client.post(SEARCH, files={"image": sent}).json()["image_id"] for _ in range(5)}
    assert len(ids) == 5
    assert all(len(image_id) >= 22 for image_id in ids)
    assert service.client.get("/v1/uploads").status_code == 404
    assert service.client.get("/v1/uploads/").status_code == 404


def test_photos_expire():
    now = [0.0]
    uploads = Uploads(max_bytes=1000, seconds=60, clock=lambda: now[0])
    image_id = uploads.put(Upload(b"x" * 10, 1, 1))
    now[0] = 59
    assert uploads.get(image_id).data == b"x" * 10
    now[0] = 61
    assert uploads.get(image_id) is None
    assert uploads.size == 0


def test_memory_is_bounded_and_the_oldest_make_room():
    uploads = Uploads(max_bytes=100, seconds=60)
    ids = [uploads.put(Upload(bytes(30), 1, 1)) for _ in range(5)]
    assert uploads.size <= 100
    assert uploads.get(ids[0]) is None
    assert uploads.get(ids[-1]) is not None
    assert uploads.put(Upload(bytes(101), 1, 1)) is None
