"""Settings of the embedded server, and of every session with any server."""

from __future__ import annotations

import os
from collections.abc import Mapping

__all__ = ["build_memory_kilobytes", "server_settings", "session_options", "session_settings"]

MEGABYTE = 1024 * 1024
SHARED_BUFFERS_MAX_MEGABYTES = 2048
BUILD_MEMORY_MIN_MEGABYTES = 64
EF_SEARCH = 32


def server_settings() -> dict[str, str]:
    """What differs from PostgreSQL's defaults. `fsync` and its kin stay on."""
    buffers = min(_memory_megabytes() // 8, SHARED_BUFFERS_MAX_MEGABYTES)
    return {
        "cluster_name": "goodsight",
        "shared_buffers": f"{max(buffers, 64)}MB",
        "max_connections": "100",
        # Bulk loads write a lot of log; fewer checkpoints keep them fast.
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
        "log_checkpoints": "off",
        # One machine, no replicas: nothing reads the log but recovery.
        "wal_level": "minimal",
        "max_wal_senders": "0",
    }


def session_settings(schemas: str) -> dict[str, str]:
    """Settings of a session that finds tables and the vector type in these schemas."""
    return {
        "search_path": schemas,
        "client_min_messages": "warning",
        # Compiling costs more than our short queries take.
        "jit": "off",
        # Starting workers costs more than our short queries take, and takes cores from others.
        "max_parallel_workers_per_gather": "0",
        # The indexes are in memory nearly always; look-ups there are cheap.
        "random_page_cost": "1.1",
        "work_mem": "32MB",
        "hnsw.ef_search": str(EF_SEARCH),
        # Where a filter drops what the index finds, the index goes on looking.
        "hnsw.iterative_scan": "relaxed_order",
    }


def session_options(settings: Mapping[str, str]) -> str:
    """Settings in the form of the connection parameter `options`, which costs no round trip."""
    escaped = (value.replace("\\", "\\\\").replace(" ", "\\ ") for value in settings.values())
    pairs = zip(settings, escaped, strict=True)
    return " ".join(f"-c {name}={value}" for name, value in pairs)


def build_memory_kilobytes(needed_bytes: int) -> int:
    """Memory an index build may use: what it needs, up to a quarter of the machine's.

    Not more than it needs: with parallel workers the server takes all of it beforehand.
    """
    wanted = max(needed_bytes // MEGABYTE, BUILD_MEMORY_MIN_MEGABYTES)
    return min(_memory_megabytes() // 4, wanted) * 1024


def _memory_megabytes() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MEGABYTE
