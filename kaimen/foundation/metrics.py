"""What this web server counts itself: requests by name of address, and how long they took.

prometheus_client adds up several server processes by files in PROMETHEUS_MULTIPROC_DIR, which the launcher sets and
empties at a start; without it (tests, a single process) the numbers live in memory. What all machines share (cases,
jobs, mails) is not counted here but read from the database when it is asked for: kaimen/web/operating/metrics.py.
"""

import os

from prometheus_client import CollectorRegistry, Counter, Histogram, multiprocess

OURS = CollectorRegistry()
REQUESTS = Counter(
    "kaimen_requests", "Requests by name of address", ["route", "method", "status"], registry=OURS
)
SECONDS = Histogram(
    "kaimen_request_seconds",
    "Time to answer, by name of address",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20),
    registry=OURS,
)


def observe(*, route: str, method: str, status: int, seconds: float) -> None:
    REQUESTS.labels(route, method, str(status)).inc()
    SECONDS.labels(route).observe(seconds)


def counted() -> CollectorRegistry:
    """The counts of all processes of this web server."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return OURS
    everybody = CollectorRegistry()
    multiprocess.MultiProcessCollector(everybody)
    return everybody
