"""Figures for whoever watches: how many requests of which route, with what outcome, how long; nobody's name in them."""

import os
import time

from flask import Flask, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

REQUESTS = Counter("bonafeta_requests", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram("bonafeta_request_seconds", "Time to answer, in seconds.", ["method", "route"])

MULTIPROCESS = "PROMETHEUS_MULTIPROC_DIR"
"""The library's own setting: the folder through which several workers count together (`flask serve` sets it)."""


def init_metrics(app: Flask) -> None:
    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def count_answer(response: Response) -> Response:
        route = str(request.url_rule) if request.url_rule else "none"
        ended = time.perf_counter()
        count(request.method, route, response.status_code, seconds=ended - g.get("started", ended))
        return response


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
