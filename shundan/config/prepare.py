"""Bring database, texts and static files up to date before anything is served; what is fresh costs nothing."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from time import monotonic

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from rich.console import Console

from shundan.config.messages import compile_stale
from shundan.config.migrating import run_migrations
from shundan.kernel.days import keep_company_zone

console = Console(highlight=False)
# Two servers that start on one database at once must not both migrate it.
MIGRATION_LOCK = 7_243_001
WORTH_A_LINE = 2.0


def prepare(report: Path | None = None) -> None:
    """Do whatever is due; write what the caller wants to print about demo mode into the report."""
    with step("compiling the texts"):
        compile_stale()
    migrate()
    keep_zone()
    import_module("shundan.config.shipped").load_shipped()
    collect_static()
    sign_ins = load_demo_if_empty() if settings.DEMO else []
    if report is not None:
        report.write_text(json.dumps({"sign_ins": sign_ins}))


def migrate() -> None:
    """Bring the tables up to date."""
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    with step("bringing the database up to date"), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", [MIGRATION_LOCK])
        try:
            run_migrations()
        finally:
            cursor.execute("select pg_advisory_unlock(%s)", [MIGRATION_LOCK])


def keep_zone() -> None:
    """Let the database count days as the settings say; what was counted in another zone is counted again."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", [MIGRATION_LOCK])
        try:
            if keep_company_zone():
                cursor.execute("select analytics_count_again()")
        finally:
            cursor.execute("select pg_advisory_unlock(%s)", [MIGRATION_LOCK])


def collect_static() -> None:
    """Collect, hash and compress the static files when one of them changed."""
    stamp = Path(settings.STATIC_ROOT) / ".stamp"
    digest = _digest_of_static_files()
    if stamp.exists() and stamp.read_text() == digest:
        return
    with step("collecting the static files"):
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        stamp.write_text(digest)


def load_demo_if_empty() -> list[tuple[str, str, str]]:
    """Fill an empty installation with the demo company; return (role, e-mail, password) of its people."""
    from django.contrib.auth import get_user_model

    if not find_spec("shundan.exchange.demo"):
        return []
    demo = import_module("shundan.exchange.demo")
    if not get_user_model()._default_manager.exists():
        with step("making the demo company"):
            demo.load_demo()
            _look_ahead()
    return [tuple(each) for each in demo.SIGN_INS]


def _look_ahead() -> None:
    """Let the demo company have what jobs would bring it in time: alerts now; a forecast, journals by a worker."""
    from django.utils import timezone
    from procrastinate.contrib.django import app

    from shundan.analytics.actions import start_forecast, watch_stock
    from shundan.kernel.actor import system_actor

    by = system_actor(timezone.now(), door="demo")
    watch_stock(by=by)
    start_forecast(by=by)
    # Thousands of journals of what was simulated: soon, but after whoever looks at the first page.
    app.configure_task("ledger.prove", schedule_in={"minutes": 1}).defer(timestamp=0)


@contextmanager
def step(what: str) -> Iterator[None]:
    """Show what is being done while it lasts, and keep a line of it when it took long."""
    started = monotonic()
    with console.status(f"{what} …"):
        yield
    took = monotonic() - started
    if took > WORTH_A_LINE:
        console.print(f"  {what}: {took:.0f} s")


def _digest_of_static_files() -> str:
    from django.contrib.staticfiles.finders import get_finders

    facts = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = Path(storage.path(path)).stat()
            facts.update(f"{path}\0{found.st_mtime_ns}\0{found.st_size}\n".encode())
    return facts.hexdigest()
