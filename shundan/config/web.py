"""Serve the application: one master that imports it once, workers forked from it."""

import gc
import multiprocessing
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

WORKERS = 2
THREADS = 4


def serve(*, address: str, port: int, after: Path | None = None) -> None:
    """Serve until a signal asks to stop; `after` is a file to wait for: when it is there, all is prepared."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    _import_everything(after)
    # Forking shares the imported code between the workers; newer Pythons would start each from nothing.
    multiprocessing.set_start_method("fork", force=True)
    server = Server(
        "shundan.config.wsgi:application",
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        workers=int(os.environ.get("SHUNDAN_WORKERS") or WORKERS),
        blocking_threads=int(os.environ.get("SHUNDAN_THREADS") or THREADS),
        # A thread that ends takes its database connection with it.
        blocking_threads_idle_timeout=600,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        log_level=LogLevels.error,
    )
    server.serve(target_loader=_load_in_worker, wrap_loader=False)


def _import_everything(after: Path | None) -> None:
    """Import application and addresses before the fork, and leave no connection open across it."""
    import django
    from django.db import connections
    from django.urls import get_resolver

    # The collector would walk again and again what stays to the end: a third of the time this takes.
    gc.disable()
    django.setup()
    _ = get_resolver().url_patterns
    while after is not None and not after.exists():
        time.sleep(0.02)
    # Only now: the application looks at the collected static files when it is made.
    import shundan.config.wsgi  # noqa: F401

    connections.close_all()
    gc.collect()
    gc.freeze()
    # A page makes thousands of objects and drops them; at Python's 700 the collector walks them several times over.
    gc.set_threshold(20_000, 10, 10)
    gc.enable()


def _load_in_worker() -> Callable[..., Any]:
    """Return the application; runs in the worker, which must not outlive a killed master."""
    from shundan.config.children import die_with_parent
    from shundan.config.wsgi import application

    die_with_parent()
    return application
