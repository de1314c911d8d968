"""Where the database is: DATABASE_URL if given, else the embedded server of the data folder."""

import os
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


def django_database() -> dict[str, Any]:
    """Return Django's settings of the one database."""
    url = os.environ.get("DATABASE_URL", "")
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or parts.hostname or ""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }
