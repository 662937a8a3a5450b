import io
import struct
import warnings
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageOps

from goodsight.core.errors import PhotoError
from goodsight.core.types import Finding
from goodsight.images import CATALOGUE_LIMITS, QUERY_LIMITS, PhotoLimits, decode_photo
from images.files import difference, encoded, picture

PLAIN = picture()


def decode(data, **options):
    return decode_photo(data, reference="photo", **options)


def refused(data, cause, **options):
    with pytest.raises(PhotoError, match=cause) as error:
        decode(data, **options)
    assert error.value.reference == "photo"


@pytest.mark.parametrize(
    ("kind", "options", "tolerance"),
    [
        ("JPEG", {"quality": 95}, 3),
        ("JPEG", {"quality": 90, "progressive": True}, 3),
        ("PNG", {}, 0),
        ("WEBP", {"lossless": True}, 0),
        ("GIF", {}, 12),
        ("BMP", {}, 0),
        ("TIFF", {}, 0),
        ("TIFF", {"compression": "tiff_lzw"}, 0),
        ("AVIF", {"quality": 95}, 3),
    ],
)
def test_formats(kind, options, tolerance):
    photo = decode(encoded(PLAIN, kind, **options))
    assert photo.pixels.shape == (240, 320, 3)
    assert photo.pixels.dtype == np.uint8
    assert (photo.width, photo.height) == (320, 240)
    assert difference(photo.pixels, PLAIN) <= tolerance


def test_the_content_hash_is_the_sha256_of_the_bytes():
    import hashlib

    data = encoded(PLAIN, "PNG")
    assert decode(data).content_hash == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_exif_orientation(orientation, kind):
    turns = {
        1: lambda a: a,
        2: lambda a: a[:, ::-1],
        3: lambda a: a[::-1, ::-1],
        4: lambda a: a[::-1],
        5: lambda a: a.transpose(1, 0, 2),
        6: lambda a: np.rot90(a, -1),
        7: lambda a: a[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90,
    }
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"WEBP": {"lossless": True}, "JPEG": {"quality": 98}, "AVIF": {"quality": 95}}
    options = options.get(kind, {})
    photo = decode(encoded(PLAIN, kind, exif=exif, **options))
    expected = turns[orientation](np.asarray(PLAIN))
    assert photo.pixels.shape == expected.shape
    assert (photo.width, photo.height) == (expected.shape[1], expected.shape[0])
    assert difference(photo.pixels, expected) < 3


# Warnings are errors here: were one to leave the decoder, these two would fail.
def test_broken_exif_is_ignored():
    data = encoded(PLAIN, "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    assert decode(data).pixels.shape == (240, 320, 3)


def test_transparency_lies_over_white():
    image = PLAIN.convert("RGBA")
    image.putalpha(0)
    assert (decode(encoded(image, "PNG")).pixels == 255).all()
    image.putalpha(128)
    expected = (np.asarray(PLAIN, dtype=float) * 128 + 255 * 127) / 255
    assert difference(decode(encoded(image, "PNG")).pixels, expected) < 1


def test_transparent_palette_and_grey():
    palette = PLAIN.convert("P", palette=Image.Palette.ADAPTIVE, colors=16)
    data = encoded(palette, "PNG", transparency=palette.getpixel((0, 0)))
    assert tuple(decode(data).pixels[0, 0]) == (255, 255, 255)
    grey = PLAIN.convert("LA")
    grey.putalpha(0)
    assert (decode(encoded(grey, "PNG")).pixels == 255).all()


def test_hidden_colours_do_not_bleed_when_a_transparent_photo_is_shrunk():
    pixels = np.zeros((800, 800, 4), dtype=np.uint8)
    pixels[..., 0] = 255  # red, but invisible
    pixels[::2, :, :3] = 0
    pixels[::2, :, 3] = 255  # black, visible
    photo = decode(encoded(Image.fromarray(pixels), "PNG"), minimum_side=100)
    assert photo.pixels.shape == (200, 200, 3)
    # Half black over white is grey: no red may show.
    assert np.ptp(photo.pixels.astype(int), axis=2).max() <= 3


@pytest.mark.parametrize("mode", ["L", "1", "P"])
def test_grey_and_palette_modes(mode):
    image = PLAIN.convert(mode)
    photo = decode(encoded(image, "PNG"))
    assert difference(photo.pixels, image.convert("RGB")) == 0


def test_sixteen_bits_are_scaled_not_clipped():
    ramp = np.linspace(0, 65535, 256).astype(np.uint16).repeat(64).reshape(128, 128)
    for kind in ("PNG", "TIFF"):
        photo = decode(encoded(Image.fromarray(ramp), kind))
        np.testing.assert_allclose(photo.pixels[..., 0], ramp / 257, atol=1)


def test_sixteen_bit_colour_png():
    colour = np.zeros((16, 16, 3), dtype=">u2")
    colour[..., 0], colour[..., 1] = 65535, 32768
    raw = b"".join(b"\0" + row.tobytes() for row in colour)

    def chunk(name, data):
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", 16, 16, 16, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(raw))
    pixels = decode(data + chunk(b"IEND", b"")).pixels
    assert tuple(pixels[8, 8]) == (255, 128, 0)


@pytest.mark.parametrize("top", [1.0, 255.0])
def test_floating_tiff_of_either_custom(top):
    ramp = np.linspace(0, top, 64, dtype=np.float32).repeat(64).reshape(64, 64)
    photo = decode(encoded(Image.fromarray(ramp), "TIFF"))
    np.testing.assert_allclose(photo.pixels[..., 0], ramp / top * 255, atol=1.5)


def test_cmyk_jpeg():
    cmyk = Image.new("CMYK", (64, 64), (0, 255, 255, 0))
    pixels = decode(encoded(cmyk, "JPEG", quality=95)).pixels
    assert pixels[..., 0].mean() > 220
    assert pixels[..., 1:].mean() < 40


def test_an_icc_profile_is_applied():
    image = Image.new("RGB", (64, 64), (200, 60, 60))
    lab = ImageCms.createProfile("LAB")
    transform = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), lab, "RGB", "LAB")
    tiff = encoded(ImageCms.applyTransform(image, transform), "TIFF")
    assert decode(tiff).pixels.shape == (64, 64, 3)
    wide = gamma_profile(1.0)
    found = decode(encoded(image, "PNG", icc_profile=wide)).pixels[0, 0]
    # Values stored with gamma 1 look brighter in sRGB.
    assert found[1] > 100
    assert decode(encoded(image, "PNG", icc_profile=b"broken")).pixels[0, 0, 1] == 60
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert tuple(decode(encoded(image, "PNG", icc_profile=srgb)).pixels[0, 0]) == (200, 60, 60)


def gamma_profile(gamma):
    """The sRGB profile with its three curves replaced by a plain gamma."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack_from(">I", data, 128)[0]
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, int(gamma * 256)) + b"\0\0"
    for tag in range(count):
        at = 132 + 12 * tag
        name, offset, size = struct.unpack_from(">4sII", data, at)
        if name in (b"rTRC", b"gTRC", b"bTRC"):
            data[offset : offset + min(size, len(curve))] = curve[:size]
            struct.pack_into(">I", data, at + 8, len(curve))
        if name == b"desc":
            # The description must not say sRGB, which is taken as it is.
            data[offset + 8 : offset + size] = data[offset + 8 : offset + size].replace(
                "sRGB".encode("utf-16-be"), "mine".encode("utf-16-be")
            )
    return bytes(data)


def test_only_the_first_frame_counts():
    frames = [picture(64, 64, seed) for seed in (1, 2, 3)]
    for kind in ("GIF", "WEBP", "TIFF"):
        options = {"lossless": True} if kind == "WEBP" else {}
        data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], **options)
        assert difference(decode(data).pixels, frames[0]) < 15


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_large_jpegs_are_decoded_small_and_look_the_same(mode, progressive):
    large = picture(1600, 1200).convert(mode)
    data = encoded(large, "JPEG", quality=92, progressive=progressive)
    photo = decode(data, minimum_side=256)
    height, width = photo.pixels.shape[:2]
    assert 256 <= height < 512
    assert width / height == pytest.approx(4 / 3, abs=0.01)
    assert (photo.width, photo.height) == (1600, 1200)
    expected = large.convert("RGB").resize((width, height), Image.Resampling.BICUBIC)
    assert difference(photo.pixels, expected) < 1.5


def test_small_photos_are_not_enlarged():
    photo = decode(encoded(picture(100, 60), "JPEG"), minimum_side=256)
    assert photo.pixels.shape == (60, 100, 3)


def test_large_pngs_come_smaller_too():
    photo = decode(encoded(picture(1600, 1200), "PNG"), minimum_side=256)
    assert 256 <= min(photo.pixels.shape[:2]) < 640


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"", "the file is empty"),
        (b"%PDF-1.7 rest", "a PDF document"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"  <svg xmlns='x'/>", "an SVG drawing"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><svg/>", "an SVG drawing"),
        (b"BMW parts, a text of some length", "no photo that can be read"),
        (b"PK\x03\x04rest", "a ZIP archive"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "damaged"),
        (b"just some text", "no photo that can be read"),
        (b"\xff\xd8\xff", "damaged"),
        (b"\x89PNG\r\n\x1a\nrest", "damaged"),
        (b"BM" + bytes(12) + b"\x28\0\0\0", "truncated"),
    ],
)
def test_what_is_no_photo_is_named(data, cause):
    refused(data, cause)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "AVIF"])
def test_truncated_files(kind):
    data = encoded(picture(640, 480), kind)
    refused(data[: len(data) // 2], "truncated|damaged")


def test_a_scaled_jpeg_is_refused_when_truncated_too():
    data = encoded(picture(1600, 1200), "JPEG")
    refused(data[: len(data) // 2], "truncated|damaged", minimum_side=256)


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("minimum_side", [None, 128])
def test_half_a_jpeg_is_refused_even_with_an_end_marker(progressive, minimum_side):
    data = encoded(picture(640, 480), "JPEG", quality=90, progressive=progressive)
    half = data[: len(data) // 2]
    refused(half, "^photo: truncated", minimum_side=minimum_side)
    refused(half + b"\xff\xd9", "^photo: truncated", minimum_side=minimum_side)


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize(
    "change", [lambda d: d[:-2], lambda d: d[:-2] + b"\0" * 9 + d[-2:], lambda d: d + b"PK" * 99]
)
def test_a_jpeg_that_is_whole_but_for_its_end_is_read(progressive, change):
    data = encoded(PLAIN, "JPEG", quality=90, progressive=progressive)
    np.testing.assert_array_equal(decode(change(data)).pixels, decode(data).pixels)


def test_damaged_jpeg_data_are_refused():
    data = bytearray(encoded(picture(640, 480), "JPEG", quality=95))
    middle = len(data) // 2
    data[middle : middle + 400] = bytes(range(1, 201)) * 2
    refused(bytes(data), "damaged|truncated")


def test_a_jpeg_of_thousands_of_scans_is_refused():
    data = encoded(PLAIN, "JPEG", progressive=True)
    scan = data[data.index(b"\xff\xda") : data.rindex(b"\xff\xd9")]
    refused(data[:-2] + scan * 300 + data[-2:], "scans; at most 200")


def test_a_colour_that_stands_for_transparency():
    data = encoded(Image.new("RGB", (32, 32), (1, 2, 3)), "PNG", transparency=(1, 2, 3))
    assert (decode(data).pixels == 255).all()


def test_a_big_tiff():
    assert difference(decode(encoded(PLAIN, "TIFF", big_tiff=True)).pixels, PLAIN) == 0


def test_a_grey_jpeg_with_a_colour_profile_of_another_mode():
    grey = PLAIN.convert("L")
    data = encoded(grey, "JPEG", quality=95, icc_profile=gamma_profile(1.0))
    assert difference(decode(data).pixels, grey.convert("RGB")) < 2


def test_threads_leave_the_warning_filters_as_they_were():
    before = list(warnings.filters)
    data = encoded(PLAIN, "TIFF")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(decode, [data] * 40))
    assert warnings.filters == before


def test_a_name_is_never_believed():
    data = encoded(PLAIN, "PNG")
    assert decode_photo(data, reference="holiday.jpg").width == 320


def bomb(width, height):
    """A PNG whose header promises more pixels than anyone should decode."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 1000))]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


@pytest.mark.parametrize(
    ("limits", "width"),
    [
        (CATALOGUE_LIMITS, 8001),
        (QUERY_LIMITS, 7100),
        (QUERY_LIMITS, 10_000),
        (QUERY_LIMITS, 60_000),
    ],
)
def test_pixel_bombs_are_refused_from_the_header(limits, width):
    refused(bomb(width, width), "at most .* are decoded", limits=limits)


def test_a_bomb_that_lies_about_its_size_stays_bounded():
    refused(bomb(400, 400), "truncated|damaged")


def test_too_many_bytes_and_too_few_pixels():
    refused(encoded(PLAIN, "BMP"), "at most 1,000 are read", limits=PhotoLimits(1000, 10**7))
    refused(encoded(picture(7, 300), "PNG"), "a side of at least 8")


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (lambda i: i.point(lambda v: v // 8), Finding.DARK),
        (lambda i: i.point(lambda v: 120 + v // 12), Finding.LOW_CONTRAST),
        (lambda i: picture(640, 480), Finding.BLURRED),
        (lambda i: i.resize((120, 90)), Finding.SMALL),
    ],
)
def test_findings(change, finding):
    sharp = Image.fromarray(
        np.kron(
            np.random.default_rng(2).integers(0, 255, (48, 64, 3), dtype=np.uint8),
            np.ones((10, 10, 1), dtype=np.uint8),
        )
    )
    assert decode(encoded(sharp, "PNG")).findings == ()
    assert finding in decode(encoded(change(sharp), "PNG")).findings


SAMPLES = [
    encoded(picture(96, 64), kind, **options)
    for kind, options in (
        ("JPEG", {}),
        ("JPEG", {"progressive": True}),
        ("PNG", {}),
        ("GIF", {}),
        ("WEBP", {}),
        ("BMP", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("AVIF", {}),
    )
]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_mutated_files_give_a_photo_or_a_photo_error(data):
    whole = bytearray(data.draw(st.sampled_from(SAMPLES)))
    for _ in range(data.draw(st.integers(0, 12))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        whole = whole[: data.draw(st.integers(0, len(whole)))]
    if data.draw(st.booleans()):
        whole += data.draw(st.sampled_from(SAMPLES))
    try:
        photo = decode(bytes(whole), minimum_side=data.draw(st.sampled_from([None, 16, 256])))
    except PhotoError:
        return
    assert photo.pixels.ndim == 3
    assert photo.pixels.dtype == np.uint8


def test_pillows_own_turning_agrees():
    exif = Image.Exif()
    exif[0x0112] = 6
    data = encoded(PLAIN, "PNG", exif=exif)
    expected = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    np.testing.assert_array_equal(decode(data).pixels, np.asarray(expected))
