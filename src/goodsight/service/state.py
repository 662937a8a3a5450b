"""What the requests of one process share."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from cachetools import LRUCache
from fastapi import Depends
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.requests import Request

from goodsight.config import Settings
from goodsight.core.answering import Watch
from goodsight.core.reports import CollectionInfo
from goodsight.service.jobs import Jobs
from goodsight.service.problems import Problem
from goodsight.service.telemetry import Metrics, watch_stages
from goodsight.service.uploads import Uploads
from goodsight.service.work_queue import WorkQueue
from goodsight.shop import Shop
from goodsight.wiring import Wiring

__all__ = ["Rates", "ServiceState", "State"]

REMEMBERED_COLLECTIONS = 256
SECONDS_PER_MINUTE = 60


class Rates:
    """How often one caller may do something, in a minute."""

    def __init__(self) -> None:
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def check(self, what: str, caller: str, per_minute: int) -> None:
        """Count one time. Raises Problem where it was once too often; 0 is no limit."""
        if per_minute <= 0:
            return
        item = RateLimitItemPerMinute(per_minute)
        if not self._limiter.hit(item, what, caller):
            reset = self._limiter.get_window_stats(item, what, caller).reset_time
            wait = max(1, round(reset - datetime.now().timestamp()))  # noqa: DTZ005 - an epoch time
            raise Problem(
                "too-many-requests",
                f"at most {per_minute} times a minute",
                headers={"Retry-After": str(min(wait, SECONDS_PER_MINUTE))},
            )


@dataclass(frozen=True)
class ServiceState:
    """The connected objects of a service. `open_search`: searching needs no key."""

    settings: Settings
    wiring: Wiring
    open_search: bool
    uploads: Uploads
    work: WorkQueue
    rates: Rates
    metrics: Metrics
    jobs: Jobs
    watch: Watch
    shops: LRUCache[str, Shop]
    infos: LRUCache[tuple[str, int], CollectionInfo]
    mutex: threading.Lock

    @classmethod
    def of(cls, settings: Settings, wiring: Wiring, *, open_search: bool) -> ServiceState:
        """Connect everything; nothing is started or reached yet."""
        metrics = Metrics()
        uploads = Uploads(
            max_bytes=settings.upload_megabytes << 20,
            seconds=settings.upload_minutes * SECONDS_PER_MINUTE,
        )
        work = WorkQueue(
            # One more than cores: while a search waits for the database, another one encodes.
            places=(settings.threads or len(os.sched_getaffinity(0))) + 1,
            queue_length=settings.queue_length,
            patience_seconds=settings.request_seconds,
        )
        metrics.watch_number("photos_waiting", "Requests waiting", lambda: work.waiting)
        metrics.watch_number("photos_in_work", "Requests worked on", lambda: work.working)
        metrics.watch_number("uploads_bytes", "Bytes of photos kept", lambda: uploads.size)
        return cls(
            settings=settings,
            wiring=wiring,
            open_search=open_search,
            uploads=uploads,
            work=work,
            rates=Rates(),
            metrics=metrics,
            jobs=Jobs(),
            watch=watch_stages(metrics),
            shops=LRUCache(REMEMBERED_COLLECTIONS),
            infos=LRUCache(REMEMBERED_COLLECTIONS),
            mutex=threading.Lock(),
        )

    def shop(self, collection: str) -> Shop:
        """The collection, with its model kept loaded."""
        with self.mutex:
            if collection not in self.shops:
                self.shops[collection] = Shop(self.wiring, collection)
            return self.shops[collection]

    def info(self, collection: str, index_version: int) -> CollectionInfo:
        """How the collection stood at this version; counting it takes a while."""
        key = (collection, index_version)
        with self.mutex:
            if key in self.infos:
                return self.infos[key]
        info = self.shop(collection).info()
        with self.mutex:
            self.infos[key] = info
        return info

    def forget(self, collection: str) -> None:
        """Forget a collection that was removed."""
        with self.mutex:
            self.shops.pop(collection, None)
            for key in [key for key in self.infos if key[0] == collection]:
                del self.infos[key]

    def close(self) -> None:
        """End jobs at the next photo, then give back connections."""
        self.jobs.close()
        self.wiring.close()


def _state(request: Request) -> ServiceState:
    state: ServiceState = request.app.state.goodsight
    return state


State = Annotated[ServiceState, Depends(_state)]
