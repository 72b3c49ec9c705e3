"""The floor that everything is compared with: routes that return constants, under the same gunicorn."""

from functools import cache

from flask import Flask, Response

app = Flask(__name__)


@app.get("/")
def constant() -> str:
    """Two letters."""
    return "ok"


@app.get("/bytes/<int:number>")
def some_bytes(number: int) -> Response:
    """So many bytes, made once."""
    return Response(_letters(number), mimetype="text/calendar")


@app.get("/unchanged")
def unchanged() -> Response:
    """A 304 that looks at nothing."""
    return Response(status=304)


@cache
def _letters(number: int) -> bytes:
    return b"x" * number
