"""One log line a request: which route, not which document; how it ended, not who asked."""

import time
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponseBase

__all__ = ["AccessLogMiddleware"]

log = structlog.get_logger()


class AccessLogMiddleware:
    """Method, name of the route, status, milliseconds."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = self._get_response(request)
        log.info(
            "request",
            method=request.method if request.method in _METHODS else "other",
            route=request.resolver_match.view_name if request.resolver_match else "unknown",
            status=response.status_code,
            milliseconds=round((time.perf_counter() - began) * 1000, 1),
        )
        return response


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
