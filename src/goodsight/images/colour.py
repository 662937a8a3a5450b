"""Any colour mode to 8-bit sRGB."""

from __future__ import annotations

import io
import threading
from functools import lru_cache

import numpy as np
from PIL import Image, ImageCms

__all__ = ["to_srgb"]

WHITE = (255, 255, 255)
PROFILES_KEPT = 16
MAX_PROFILE_BYTES = 4 << 20

# A transform carries a cache that two threads must not share.
_transforms = threading.local()


def to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture in mode RGB: 16 bits scaled, profile applied, transparency over white."""
    image = _eight_bits(image)
    if image.mode in ("P", "PA") or (image.mode in ("L", "RGB") and "transparency" in image.info):
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    if image.mode in ("1", "LA", "La", "RGBa"):
        image = image.convert({"1": "L", "LA": "RGBA", "La": "RGBA", "RGBa": "RGBA"}[image.mode])
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    if image.mode in ("RGBA", "LAB", "YCbCr", "HSV") or image.mode == "RGBX":
        image = image.convert("RGB")
    image = _apply_profile(image, profile)
    if image.mode != "RGB":
        image = image.convert("RGB")
    if alpha is not None:
        ground = Image.new("RGB", image.size, WHITE)
        ground.paste(image, mask=alpha)
        image = ground
    return image


def _eight_bits(image: Image.Image) -> Image.Image:
    """16-bit and floating grey to 8 bits by scaling; Pillow itself would clip."""
    if image.mode.startswith("I;16") or image.mode == "I":
        values = np.asarray(image).astype(np.int64).clip(0, 65535)
        return Image.fromarray(((values + 128) // 257).astype(np.uint8))
    if image.mode == "F":
        values = np.nan_to_num(np.asarray(image, dtype=np.float32), posinf=0, neginf=0)
        low, high = float(values.min()), float(values.max())
        # Floating values have no agreed white: 0…1 and 0…255 are both in use.
        top = 1.0 if low >= 0 and high <= 1 else 255.0
        return Image.fromarray((values / top * 255).clip(0, 255).astype(np.uint8))
    return image


def _apply_profile(image: Image.Image, profile: bytes | None) -> Image.Image:
    if not profile or len(profile) > MAX_PROFILE_BYTES or image.mode not in ("RGB", "L", "CMYK"):
        return image
    transform = _transform(profile, image.mode)
    if transform is None:
        return image
    try:
        converted = ImageCms.applyTransform(image, transform)
    except ImageCms.PyCMSError:
        return image
    return image if converted is None else converted


def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    if not hasattr(_transforms, "build"):
        _transforms.build = lru_cache(PROFILES_KEPT)(_build_transform)
    built: ImageCms.ImageCmsTransform | None = _transforms.build(profile, mode)
    return built


def _build_transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """None where the profile is sRGB already, is broken, or is for another mode."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "srgb" in ImageCms.getProfileDescription(source).lower():
            return None
        target = ImageCms.createProfile("sRGB")
        return ImageCms.buildTransform(source, target, mode, "RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
