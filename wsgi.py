"""What a WSGI server loads: `gunicorn wsgi:app`."""

import os

from config import Settings
from tumorboard.app import create_app

app = create_app(Settings.from_environment(os.environ))
