"""What a large photo took is given back once it is done with."""

from __future__ import annotations

import ctypes
import sys

__all__ = ["give_back_large_blocks"]

_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
# Photos of usual size stay below it and cost nothing more.
LARGE_BLOCK_BYTES = 8 << 20
# As glibc keeps it by itself. Left at its first value, 128 kB, every photo's pages would go back
# and come again.
KEPT_BYTES = 2 * LARGE_BLOCK_BYTES


def give_back_large_blocks() -> bool:
    """Have the C library return large blocks to the system as soon as they are free.

    glibc raises its threshold to the largest block it has seen, up to 32 MB. Then the 16 MB
    blocks in which a photo of 50 megapixels is decoded stay with the process: after 500 hostile
    uploads it held 690 MB, with a threshold that stays where it is 290 MB. Elsewhere than on
    Linux, and with another C library, nothing is done. Returns whether it was.
    """
    if sys.platform != "linux":
        return False
    try:
        set_option = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return False
    return bool(
        set_option(_M_MMAP_THRESHOLD, LARGE_BLOCK_BYTES)
        and set_option(_M_TRIM_THRESHOLD, KEPT_BYTES)
    )
