"""The raw limit: the smallest honest SQL for a placed order, driven by pgbench (or by psycopg where it is missing)."""

import os
import random
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg

from bench.load import rate_of_threads
from shundan.config.binaries import find_binaries
from shundan.config.folders import postgres_place

SCHEMA = Path(__file__).with_name("raw.sql")

# Order, five lines, five stock updates and the event in one statement.
PLACE = """\\set c random(1, 1000)
\\set p random(1, 199)
with o as (insert into raw_limit.orders (number, customer_id, status, total)
  values ('SO-' || nextval('raw_limit.order_no'), :c, 'confirmed', 500) returning id),
l as (insert into raw_limit.line (order_id, product_id, quantity, price)
  select o.id, :p + 200 * i, 1, 20 from o, generate_series(0, 4) i),
s as (update raw_limit.stock set reserved = reserved + 1
  where product_id in (:p, :p + 200, :p + 400, :p + 600, :p + 800))
insert into raw_limit.event (order_id, name) select id, 'confirmed' from o;
"""

# The same transaction shape as ours on one hot item: a conditional update beside the inserts.
HOT = """\\set c random(1, 1000)
with s as (update raw_limit.stock set reserved = reserved + 1
  where product_id = 1 and on_hand - reserved >= 1 returning product_id),
o as (insert into raw_limit.orders (number, customer_id, status, total)
  select 'SO-' || nextval('raw_limit.order_no'), :c, 'confirmed', 500 from s returning id),
l as (insert into raw_limit.line (order_id, product_id, quantity, price) select o.id, 1, 1, 20 from o)
insert into raw_limit.event (order_id, name) select id, 'confirmed' from o;
"""


def make_raw_schema(url: str) -> None:
    """Make the raw tables anew beside ours."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(SCHEMA.read_text().encode())


def raw_rate(url: str, script: str, *, clients: int, seconds: float) -> float:
    """Return transactions a second of a pgbench script."""
    program = _pgbench()
    if program is None:
        return _psycopg_rate(url, script, clients=clients, seconds=seconds)
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script.replace("\n  ", " "))
        file.flush()
        command = [program, "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(int(seconds))]
        done = subprocess.run(
            [*command, "-f", file.name, url], capture_output=True, text=True, check=True, env=os.environ
        )
    line = next(line for line in done.stdout.splitlines() if line.startswith("tps"))
    return float(line.split()[2])


def _pgbench() -> str | None:
    beside = find_binaries(account=postgres_place().account, major=None).program("postgres").with_name("pgbench")
    return str(beside) if beside.exists() else shutil.which("pgbench")


def _psycopg_rate(url: str, script: str, *, clients: int, seconds: float) -> float:
    body = " ".join(line for line in script.splitlines() if not line.startswith("\\set"))
    statement = body.rstrip(";").replace(":c", "%(c)s::int").replace(":p", "%(p)s::int").encode()

    def client() -> None:
        connection = connections.setdefault(random.getrandbits(60), psycopg.connect(url, autocommit=True))
        connection.execute(statement, {"c": random.randint(1, 1000), "p": random.randint(1, 199)}, prepare=True)

    connections: dict[int, psycopg.Connection] = {}
    return rate_of_threads(client, clients=clients, seconds=seconds)
