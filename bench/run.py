"""Run the measures on a PostgreSQL of their own and print the figures; the last line is `http_place_ratio=N`."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import urlopen

from rich.console import Console
from rich.table import Table

from shundan.config.database import embedded_url
from shundan.config.folders import ROOT, postgres_place
from shundan.config.postgres import Server

if TYPE_CHECKING:
    from bench.world import World

MEASURES = (
    "place",
    "hot",
    "approvals",
    "whatif",
    "reading",
    "import",
    "rules",
    "forecast",
    "papers",
    "reports",
    "days",
    "long",
    "stock",
    "money",
    "ageing",
)
SECONDS = float(os.environ.get("BENCH_SECONDS", "6"))
SIZES = tuple(int(size) for size in os.environ.get("BENCH_SIZES", "100000,1000000").split(","))
console = Console(highlight=False)


def main(words: list[str]) -> int:
    """Measure what the words name, or everything."""
    wanted = words or list(MEASURES)
    figures: dict[str, float] = {}
    if "rules" in wanted:
        from bench.rules import measure_rules

        console.print("judging by approval tables …")
        figures |= measure_rules()
    if "forecast" in wanted:
        from bench.forecast import measure_forecast

        console.print("forecasting 1,000 products …")
        figures |= measure_forecast()
    if "papers" in wanted:
        from bench.papers import measure_papers

        console.print("papers of 200 lines …")
        figures |= measure_papers()
    if set(wanted) - {"rules", "forecast", "papers"}:
        with _database() as url:
            os.environ["DATABASE_URL"] = url
            os.environ["SHUNDAN_API_RATE"] = "1000000000"  # counted as everywhere, never reached
            figures |= _measure(wanted, url)
    _print(figures)
    print(f"http_place_ratio={figures.get('http_place_ratio_8', 0):.3f}")
    return 0


def _measure(wanted: list[str], url: str) -> dict[str, float]:
    import django

    django.setup()
    from django.core.management import call_command

    from bench import raw
    from bench.world import make_world
    from shundan.config.prepare import collect_static

    call_command("migrate", verbosity=0)
    collect_static()
    world = make_world()
    raw.make_raw_schema(url)
    figures: dict[str, float] = {}
    if {"place", "hot"} & set(wanted):
        from bench.last_units import measure_last_units
        from bench.place import measure_hot, measure_place

        with _web(url) as port:
            if "place" in wanted:
                console.print("placing orders …")
                figures |= measure_place(world, url=url, port=port, seconds=SECONDS)
            if "hot" in wanted:
                console.print("one hot product …")
                figures |= measure_hot(world, url=url, seconds=SECONDS) | measure_last_units(world, port=port)
    if "approvals" in wanted:
        from bench.approvals import measure_approvals

        console.print("deciding tasks …")
        figures |= measure_approvals(world)
    if "whatif" in wanted:
        from bench.what_if import measure_what_if

        console.print("judging the past …")
        figures |= measure_what_if(world)
    if "reading" in wanted:
        from bench.reading import measure_reading

        console.print("reading pages; making a million orders takes some minutes …")
        with _web(url) as port:
            figures |= measure_reading(world, port=port, sizes=SIZES)
    if {"days", "long", "stock"} & set(wanted):
        figures |= _measure_stock(wanted, world, url)
    if {"money", "ageing"} & set(wanted):
        figures |= _measure_money(wanted, world, url)
    if "reports" in wanted:
        from bench.reports import measure_reports

        console.print("reporting on 100,000 positions …")
        figures |= measure_reports()
    if "import" in wanted:
        console.print("importing orders …")
        from bench.importing import measure_import

        figures |= measure_import()
    return figures


def _measure_stock(wanted: list[str], world: "World", url: str) -> dict[str, float]:
    from bench.promise import measure_long_orders, measure_promised_days, measure_stock_page

    figures: dict[str, float] = {}
    if "days" in wanted:
        console.print("saying when goods can be there …")
        figures |= measure_promised_days(world, url=url)
    if "long" in wanted:
        console.print("confirming long orders …")
        figures |= measure_long_orders(world)
    if "stock" in wanted:
        console.print("reading 100,000 positions …")
        with _web(url) as port:
            figures |= measure_stock_page(port=port)
    return figures


def _measure_money(wanted: list[str], world: "World", url: str) -> dict[str, float]:
    from bench.money import measure_ageing, measure_money

    figures: dict[str, float] = {}
    if "money" in wanted:
        console.print("pricing and posting …")
        figures |= measure_money(world)
    if "ageing" in wanted:
        console.print("reading the age of 100,000 open invoices …")
        with _web(url) as port:
            figures |= measure_ageing(world, port=port)
    return figures


@contextmanager
def _database() -> Iterator[str]:
    """Give a fresh database on a server of the bench's own, or on the one of DATABASE_URL."""
    import psycopg
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    given = os.environ.get("DATABASE_URL")
    server = None
    if given is None:
        folder = ROOT / ".data" / "bench"
        folder.mkdir(parents=True, exist_ok=True)
        server = Server(postgres_place(folder), folder / "postgres.log")
        server.start(lambda text: None)
        given = embedded_url(str(server.place.socket))
    name = f"shundan_bench_{os.getpid()}"
    with psycopg.connect(given, autocommit=True) as connection:
        connection.execute(f"create database {name}".encode())
    facts = conninfo_to_dict(given)
    host, user = str(facts.get("host", "")), str(facts.get("user", "shundan"))
    password = f":{facts['password']}" if facts.get("password") else ""
    assert make_conninfo(given)
    try:
        yield f"postgresql://{user}{password}@/{name}?host={host}"
    finally:
        with psycopg.connect(given, autocommit=True) as connection:
            connection.execute(f"drop database {name} with (force)".encode())
        if server is not None:
            server.stop()


@contextmanager
def _web(url: str) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = open(ROOT / ".data" / "bench-web.log", "w")  # noqa: SIM115 - open as long as the server runs
    server = subprocess.Popen(
        [Path(sys.executable).with_name("shundan"), "web", "--port", str(port)],
        env={**os.environ, "DATABASE_URL": url},
        stdout=log,
        stderr=log,
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz")
        yield port
    finally:
        server.terminate()
        server.wait(timeout=20)
        log.close()


def _wait_for(address: str, *, seconds: float = 120) -> None:
    """Wait until an address answers; a busy machine takes its time. Raises: TimeoutError."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            urlopen(address).close()
            return
        except URLError:
            time.sleep(0.1)
    raise TimeoutError(f"{address} does not answer; see .data/bench-web.log")


def _print(figures: dict[str, float]) -> None:
    table = Table("measure", "figure", title="Shundan beside the raw limit of the same PostgreSQL")
    for name, figure in figures.items():
        table.add_row(name, f"{figure:,.3f}" if "ratio" in name else f"{figure:,.1f}")
    console.print(table)
