"""The floor that everything is compared with: a route that returns a constant, under the same gunicorn."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def constant() -> str:
    """Two letters."""
    return "ok"
