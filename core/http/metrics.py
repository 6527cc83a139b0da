"""Figures for whoever watches: how many requests of which route, with what outcome, how long; nobody's name in them."""

import os

from flask import Response
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

REQUESTS = Counter("bonafeta_requests", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram("bonafeta_request_seconds", "Time to answer, in seconds.", ["method", "route"])

MULTIPROCESS = "PROMETHEUS_MULTIPROC_DIR"
"""The library's own setting: the folder through which several workers count together (`flask serve` sets it)."""


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
