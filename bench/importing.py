"""Importing orders of three lines with all validation: a generated trading company in Northwind's form."""

import csv
import shutil
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from rich.progress import Progress

from shundan.config.folders import ROOT
from shundan.exchange.imports import northwind

SAMPLES = ROOT / "tests" / "exchange" / "samples" / "northwind"
ORDERS = 20_000
LINES = 3


def measure_import() -> dict[str, float]:
    """Return imported orders a second, and how often faster the second run finds that all is known."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "northwind"
        shutil.copytree(SAMPLES, place)
        _write_orders(place)
        with Progress(transient=True) as progress:
            first = _timed(place, progress)
            second = _timed(place, progress)
    return {"import_orders_per_s": ORDERS / first, "import_again_faster": first / second}


def _timed(place: Path, progress: Progress) -> float:
    started = time.perf_counter()
    northwind.run(place, progress)
    return time.perf_counter() - started


def _write_orders(place: Path) -> None:
    with open(place / "orders.csv", newline="", encoding="utf-8") as file:
        head, *samples = list(csv.reader(file))
    with open(place / "products.csv", newline="", encoding="utf-8") as file:
        products = [row["productID"] for row in csv.DictReader(file)]
    with (
        open(place / "orders.csv", "w", newline="", encoding="utf-8") as orders_file,
        open(place / "order_details.csv", "w", newline="", encoding="utf-8") as lines_file,
    ):
        orders, lines = csv.writer(orders_file), csv.writer(lines_file)
        orders.writerow(head)
        lines.writerow(["orderID", "productID", "unitPrice", "quantity", "discount"])
        for i in range(ORDERS):
            ordered = date(1996, 1, 1) + timedelta(days=i % 900)
            days = [ordered, ordered + timedelta(days=28), ordered + timedelta(days=7)]
            sample = samples[i % len(samples)]
            orders.writerow([100_000 + i, *sample[1:3], *(day.isoformat() for day in days), *sample[6:]])
            for n in range(LINES):
                lines.writerow([100_000 + i, products[(i + n) % len(products)], "12.50", 1 + (i + n) % 40, "0.05"])
