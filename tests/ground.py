"""Gives every test session a PostgreSQL of its own before Django reads its settings; loaded by pytest's -p option."""

import os
import tempfile
from pathlib import Path

import pytest

from shundan.config.database import embedded_url
from shundan.config.folders import ROOT, postgres_place
from shundan.config.postgres import AlreadyRunning, Server

_server: Server | None = None


def _claim(folder: Path) -> Server:
    """Take hold of the server of a folder without starting it."""
    folder.mkdir(parents=True, exist_ok=True)
    server = Server(postgres_place(folder), folder / "postgres.log")
    server.claim()
    return server


def _claim_any() -> Server:
    """Take the session's server: the kept one, or a fresh one while another session uses that."""
    try:
        return _claim(ROOT / ".data" / "test")
    except AlreadyRunning:
        folder = Path(tempfile.mkdtemp(prefix="shundan-test-"))
        folder.chmod(0o711)
        return _claim(folder)


if "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ["SHUNDAN_DATA"] = os.environ.get("SHUNDAN_TEST_DATA") or str(ROOT / ".data" / "test" / "files")
    os.environ["SHUNDAN_TEST"] = "1"
    # Playwright keeps an event loop in the main thread; Django would refuse its own queries there.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    if not os.environ.get("DATABASE_URL"):
        _server = _claim_any()
        os.environ["DATABASE_URL"] = embedded_url(str(_server.place.socket))


def pytest_sessionstart(session: pytest.Session) -> None:
    """Start the server, once, before any worker process asks for it."""
    if _server is not None and not session.config.option.collectonly:
        _server.start(lambda text: None)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Stop the server after the last test."""
    if _server is not None:
        _server.stop()
