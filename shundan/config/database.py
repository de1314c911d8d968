"""Where the database is: DATABASE_URL if given, else the embedded server of the data folder."""

import os
from typing import Any
from urllib.parse import quote

from psycopg.conninfo import conninfo_to_dict

from shundan.config.folders import postgres_place


def django_database() -> dict[str, Any]:
    """Return Django's settings of the one database."""
    options: dict[str, Any] = dict(conninfo_to_dict(database_url()))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": options.pop("dbname", ""),
        "USER": options.pop("user", ""),
        "PASSWORD": options.pop("password", ""),
        "HOST": options.pop("host", ""),
        "PORT": options.pop("port", ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def database_url() -> str:
    """Return the address of the database as libpq and psql take it."""
    return os.environ.get("DATABASE_URL") or embedded_url(str(postgres_place().socket))


def embedded_url(socket: str) -> str:
    """Return the address of an embedded server by the folder of its socket."""
    return f"postgresql://shundan@/shundan?host={quote(socket)}"


def is_embedded() -> bool:
    """Tell whether the database is the embedded one, which Shundan starts itself."""
    return not os.environ.get("DATABASE_URL")
