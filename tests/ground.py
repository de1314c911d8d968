"""Gives every test session a PostgreSQL of its own before Django reads its settings; loaded by pytest's -p option."""

import gc
import hashlib
import os
import tempfile
from pathlib import Path

import pytest

from shundan.config.database import embedded_url
from shundan.config.folders import ROOT, postgres_place
from shundan.config.postgres import ROLE, SUPERUSER, AlreadyRunning, Server

_server: Server | None = None
# Files that take longest, in seconds of a quiet machine. They go first, or one process would wait for the other's last.
LONGEST = {
    "tests/browser/test_pages.py": 380,
    "tests/api/test_fuzz.py": 130,
    "tests/platform/test_supervisor.py": 110,
    "tests/faults/test_kills.py": 100,
    "tests/exchange/test_sources.py": 99,
    "tests/faults/test_races.py": 92,
    "tests/exchange/test_demo.py": 78,
    "tests/faults/test_worker_kills.py": 75,
    "tests/browser/test_pictures.py": 72,
    "tests/permissions/test_matrix.py": 60,
    "tests/stories/test_any_day.py": 51,
    "tests/browser/test_cash.py": 40,
    "tests/permissions/test_pages.py": 30,
    "tests/browser/test_approvals.py": 27,
    "tests/workflow/test_approvals_any.py": 26,
    "tests/browser/test_buying.py": 26,
    "tests/browser/test_changing.py": 25,
    "tests/browser/test_refusals.py": 25,
    "tests/browser/test_lists.py": 25,
    "tests/exchange/test_resume.py": 25,
    "tests/browser/test_designer.py": 22,
    "tests/browser/test_entry.py": 21,
    "tests/orders/test_amend_any.py": 20,
    "tests/orders/test_moves.py": 20,
    "tests/browser/test_scanning.py": 20,
    "tests/faults/test_change_races.py": 17,
    "tests/faults/test_jobs.py": 15,
    "tests/kernel/test_invariants.py": 15,
}
# What a power cut leaves of the databases of tests is of no interest: no disk is waited for, no page kept twice.
# What a commit promises is proven with whole installations, which have servers of their own.
CARELESS = {"fsync": "off", "full_page_writes": "off", "wal_level": "minimal", "max_wal_senders": "0"}


def _claim(folder: Path) -> Server:
    """Take hold of the server of a folder without starting it."""
    folder.mkdir(parents=True, exist_ok=True)
    server = Server(postgres_place(folder), folder / "postgres.log", CARELESS)
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


def _let_be_silent(server: Server) -> None:
    """Let the tests' role silence triggers and constraints: `tests.database` puts tables back as they were."""
    import psycopg

    with psycopg.connect(host=str(server.place.socket), user=SUPERUSER, dbname="postgres", autocommit=True) as session:
        session.execute(f"grant set on parameter session_replication_role to {ROLE}")


# As the web's processes have it: at Python's 700 the collector walks the same objects again and again. While modules
# are imported and tests collected it rests: almost all of that stays to the end.
gc.set_threshold(20_000, 10, 10)
gc.disable()
_is_first_process = "PYTEST_XDIST_WORKER" not in os.environ

if _is_first_process:
    _folder = ROOT / ".data" / "test"
    if not os.environ.get("DATABASE_URL"):
        _server = _claim_any()
        _folder = _server.log.parent
        os.environ["DATABASE_URL"] = embedded_url(str(_server.place.socket))
    os.environ["SHUNDAN_DATA"] = str(_folder / "files")
    os.environ["SHUNDAN_TEST"] = "1"
    # Some tests call as fast as they can; the limit has tests of its own.
    os.environ.setdefault("SHUNDAN_API_RATE", "0")
    # Playwright keeps an event loop in the main thread; Django would refuse its own queries there.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.hookimpl(trylast=True)
def pytest_configure() -> None:
    """Let the processes share what Jinja compiles: each would compile most of 300 templates anew, ten seconds each."""
    from django.conf import settings
    from jinja2 import FileSystemBytecodeCache

    # A template is compiled anew when its text changes; what else it is made by is in the folder's name.
    makers = [ROOT / "requirements.lock", ROOT / "shundan" / "ui" / "environment.py"]
    facts = hashlib.sha256(b"".join(path.read_bytes() for path in makers)).hexdigest()[:16]
    folder = Path(os.environ["SHUNDAN_DATA"]).parent / "templates" / facts
    folder.mkdir(parents=True, exist_ok=True)
    settings.TEMPLATES[0]["OPTIONS"]["bytecode_cache"] = FileSystemBytecodeCache(str(folder))


def pytest_sessionstart(session: pytest.Session) -> None:
    """Start the server and collect the static files, once, before any worker process asks for them."""
    if not _is_first_process or session.config.option.collectonly:
        return
    if _server is not None:
        _server.start(lambda text: None)
        _let_be_silent(_server)
    from shundan.config.messages import compile_stale
    from shundan.config.prepare import collect_static

    compile_stale()
    collect_static()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the processes of a whole run begin with what takes longest."""
    if not _is_first_process:
        items.sort(key=lambda item: -LONGEST.get(item.nodeid.partition("::")[0], 0))


def pytest_collection_finish() -> None:
    """Spare the collector what was imported; it stays to the end."""
    gc.freeze()
    gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Stop the server after the last test."""
    if _server is not None:
        _server.stop()
