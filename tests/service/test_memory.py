"""Memory of large photos goes back to the system, that of usual ones stays at hand."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks glibc on Linux")

# Prints the pages that came anew for a hundred blocks of a size, one after the other.
PROGRAM = """
import ctypes, resource, sys
from goodsight.service.memory import give_back_large_blocks

assert give_back_large_blocks()
size = int(sys.argv[1])
library = ctypes.CDLL(None)
library.malloc.restype = ctypes.c_void_p
library.free.argtypes = library.memset.argtypes = None
def use():
    block = ctypes.c_void_p(library.malloc(ctypes.c_size_t(size)))
    library.memset(block, 1, ctypes.c_size_t(size))
    library.free(block)
use()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(100):
    use()
print((resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before) * resource.getpagesize())
"""


def bytes_come_anew(size: int) -> int:
    answer = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(size)], capture_output=True, text=True, check=True
    )
    return int(answer.stdout)


def test_blocks_of_usual_photos_are_used_again():
    assert bytes_come_anew(4 << 20) < 10 * (4 << 20)


def test_large_blocks_go_back():
    assert bytes_come_anew(48 << 20) > 90 * (48 << 20)
