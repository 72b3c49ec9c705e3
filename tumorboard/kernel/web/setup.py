"""Put the web side of the kernel into an application."""

import secrets
import time
from http import HTTPStatus
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, current_app, g, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.routing import BaseConverter, IntegerConverter

from tumorboard.kernel.db import mean_to_read, mean_to_write
from tumorboard.kernel.errors import Forbidden
from tumorboard.kernel.web.access import SAFE_METHODS, writes_on_get
from tumorboard.kernel.web.formats import install_formats
from tumorboard.kernel.web.headers import add_headers
from tumorboard.kernel.web.problems import install_problems

log = structlog.get_logger(__name__)
LARGEST_ID = 2_147_483_647  # a PostgreSQL integer


class IdConverter(IntegerConverter):
    """A row's number, within what both databases can hold."""

    def __init__(self, url_map: object) -> None:
        super().__init__(url_map, min=1, max=LARGEST_ID)  # type: ignore[arg-type]  # werkzeug's own Map


class CodeConverter(BaseConverter):
    """A case code such as 7KQ-4M2."""

    regex = "[2-9B-DF-HJ-KM-NP-TV-XZ]{3}-[2-9B-DF-HJ-KM-NP-TV-XZ]{3}"


class SlugConverter(BaseConverter):
    """A readable name in an address."""

    regex = "[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?"


def install_web(app: Flask) -> None:
    """Add converters, CSRF protection, request identity, headers, error pages and formats."""
    app.url_map.converters.update(id=IdConverter, code=CodeConverter, slug=SlugConverter)
    app.before_request(_open)
    CSRFProtect(app)
    app.before_request(_refuse_foreign_origin)
    app.after_request(_close)
    install_problems(app)
    install_formats(app)


def _open() -> None:
    g.request_id = secrets.token_hex(6)
    g.began = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)
    writes = request.method not in SAFE_METHODS or writes_on_get(current_app)
    mean_to_write() if writes else mean_to_read()


def _refuse_foreign_origin() -> None:
    """Beside the token of every form; what older browsers do not say in the one header stands in the other."""
    if request.method in SAFE_METHODS:
        return
    origin = request.headers.get("Origin")
    hosts = {request.host, urlsplit(current_app.config["PUBLIC_URL"]).netloc}
    is_foreign = origin is not None and urlsplit(origin).netloc not in hosts
    if is_foreign or request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise Forbidden("This came from another site, so nothing was stored.")


def _close(answer: Response) -> Response:
    spent = time.perf_counter() - g.get("began", time.perf_counter())
    answer.headers["X-Request-Id"] = g.get("request_id", "")
    if request.endpoint and not request.endpoint.startswith("kernel."):
        log.info(
            "request",
            method=request.method,
            endpoint=request.endpoint,
            status=answer.status_code,
            phrase=HTTPStatus(answer.status_code).name,
            milliseconds=round(spent * 1000, 1),
        )
    return add_headers(answer)
