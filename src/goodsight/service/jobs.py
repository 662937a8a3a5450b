"""Index runs that an owner started from the page: one after the other, watched, ended in order."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from goodsight.core.errors import GoodsightError
from goodsight.core.reports import IndexReport

__all__ = ["Job", "JobProgress", "Jobs"]

REMEMBERED_JOBS = 100


@dataclass(frozen=True, slots=True)
class JobProgress:
    """How far a job is; counts of committed work, as `core.ports.Progress` tells them."""

    products: int = 0
    photos: int = 0
    indexed: int = 0
    skipped: int = 0


@dataclass(slots=True)
class Job:
    """One index run. `status` is "waiting", "running", "done", "interrupted" or "failed"."""

    job_id: str
    collection: str
    source: str
    status: str = "waiting"
    progress: JobProgress = field(default_factory=JobProgress)
    report: IndexReport | None = None
    error: str | None = None

    def update(self, *, products: int, photos: int, indexed: int, skipped: int) -> None:
        """Implements `core.ports.Progress`."""
        self.progress = JobProgress(products, photos, indexed, skipped)


Work = Callable[[Job, Callable[[], bool]], IndexReport]


class Jobs:
    """Runs jobs one at a time: two index runs would only share the same cores."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._stopping = threading.Event()
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="goodsight-job")

    def start(self, collection: str, source: str, work: Work) -> Job:
        """Do the work when its turn comes; it is told when to stop."""
        job = Job(secrets.token_urlsafe(9), collection, source)
        with self._mutex:
            self._jobs[job.job_id] = job
            for old in list(self._jobs)[:-REMEMBERED_JOBS]:
                del self._jobs[old]
        self._threads.submit(self._run, job, work)
        return job

    def get(self, job_id: str) -> Job | None:
        """The job, if it is remembered."""
        with self._mutex:
            return self._jobs.get(job_id)

    def close(self) -> None:
        """Let the running job end at its next photo; those waiting do not begin."""
        self._stopping.set()
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _run(self, job: Job, work: Work) -> None:
        job.status = "running"
        try:
            job.report = work(job, self._stopping.is_set)
            job.status = "interrupted" if job.report.interrupted else "done"
        except GoodsightError as error:
            job.error, job.status = str(error), "failed"
        except Exception:
            job.error, job.status = "it failed for a reason of its own; see the log", "failed"
            raise
