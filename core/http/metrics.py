"""Figures for whoever watches: how many requests of which route, with what outcome, how long; nobody's name in them."""

import os
from pathlib import Path

from flask import Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    values,
)
from prometheus_client.multiprocess import MultiProcessCollector

REQUESTS = Counter("bonafeta_requests", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram("bonafeta_request_seconds", "Time to answer, in seconds.", ["method", "route"])

MULTIPROCESS = "PROMETHEUS_MULTIPROC_DIR"
"""The library's own setting: the folder through which several workers count together."""


def count_together(folder: Path) -> None:
    """Count through this folder from now on, with all who do. Nothing may have been counted yet: the library has read
    its setting once, when it was loaded."""
    os.environ[MULTIPROCESS] = str(folder)
    values.ValueClass = values.get_value_class()  # type: ignore[no-untyped-call]


def count(method: str, route: str, status: int, *, seconds: float) -> None:
    """One answer."""
    REQUESTS.labels(method, route, status).inc()
    SECONDS.labels(method, route).observe(seconds)


def metrics_response() -> Response:
    """The figures of all workers, in the Prometheus text format."""
    registry = REGISTRY
    if MULTIPROCESS in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
