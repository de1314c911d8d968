"""The three imports, on our samples and on the shared data: equal to the cent, and nothing new the second time."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from rich.progress import Progress

from shundan.exchange.imports.runs import latest_counts, read_differences
from shundan.exchange.models import ImportRun
from shundan.fulfilment.models import Shipment
from shundan.inventory.models import Reservation, StockMove
from shundan.kernel.models import Event
from shundan.orders.models import Order, OrderLine
from shundan.parties.models import Customer
from tests import make
from tests.exchange.places import HAS_SHARED, SAMPLES, SHARED, SOURCES, Source, place_of

FOLDERS = [SAMPLES, *([SHARED] if HAS_SHARED else [])]


@pytest.fixture(autouse=True)
def basics(db: None, own_folder: Path) -> None:
    """Start with what is shipped."""
    make.shipped()


def imported(source: Source, folder: Path, progress: Progress) -> Any:
    """Run an import and return its module."""
    module = import_module(f"shundan.exchange.imports.{source.name}")
    module.run(place_of(source, folder), progress)
    return module


def sample(name: str) -> Source:
    """Return a source by name."""
    return next(one for one in SOURCES if one.name == name)


@pytest.mark.real_data
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: "samples" if folder == SAMPLES else "shared")
@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_totals_are_equal_and_a_second_run_adds_nothing(source: Source, folder: Path, progress: Progress) -> None:
    module = imported(source, folder, progress)
    compared = module.verify(folder / "totals.json")
    assert [one for one in compared if not one.is_right] == []
    orders, lines, customers = Order.objects.count(), OrderLine.objects.count(), Customer.objects.count()
    events, moves = Event.objects.count(), StockMove.objects.count()
    assert latest_counts(source.name)["orders_new"] == orders

    module.run(place_of(source, folder), progress)

    counts = latest_counts(source.name)
    assert (counts["orders_new"], counts["orders_known"]) == (0, orders)
    assert (counts["products_new"], counts["customers_new"]) == (0, 0)
    assert (Order.objects.count(), OrderLine.objects.count(), Customer.objects.count()) == (orders, lines, customers)
    assert (StockMove.objects.count(), Reservation.objects.count()) == (moves, 0)
    assert Event.objects.exclude(kind__in=("department.saved", "team.saved")).count() == (
        events - Event.objects.filter(kind__in=("department.saved", "team.saved")).count() // 2
    )
    assert list(ImportRun.objects.order_by("id").values_list("source", "state")) == [(source.name, "done")] * 2


def test_each_listed_difference_is_one_line_and_all_explain_the_sum(progress: Progress) -> None:
    imported(sample("online_retail"), SAMPLES, progress)
    listed = [
        (row["invoice"], row["exact"], row["stored"], row["difference"]) for row in read_differences("online_retail")
    ]
    assert [(row[0], row[2]) for row in listed] == [("700003", "0.01"), ("700003", "0.00")]
    assert [row[3] for row in listed] == ["0.005", "-0.003"]


def test_history_keeps_dates_and_states_and_says_what_is_odd(progress: Progress) -> None:
    imported(sample("northwind"), SAMPLES, progress)
    orders = {one.source_number: one for one in Order.objects.select_related("owner", "customer")}
    assert all(one.is_history for one in orders.values())
    assert not OrderLine.objects.filter(is_history=False).exists()
    shipped, late, waiting = orders["501"], orders["502"], orders["504"]
    assert (shipped.state, shipped.fulfilment, shipped.invoicing, shipped.payment) == (
        "completed",
        "shipped",
        "full",
        "paid",
    )
    assert (shipped.ordered_on.isoformat(), shipped.currency, shipped.history_flags) == ("1997-03-03", "USD", [])
    assert shipped.number.startswith("SO-1997-")
    assert shipped.owner is not None and (shipped.owner.name, shipped.owner.is_active) == ("June Harper", False)
    assert late.history_flags == ["shipped_late"]
    assert (waiting.state, waiting.fulfilment, waiting.history_flags) == ("confirmed", "none", ["not_shipped"])
    assert str(shipped.company_total) != "0.00" and shipped.exchange_rate > 1
    assert Shipment.objects.filter(is_history=True).count() == 3
    teehaus = Customer.objects.get(source_number="TEEHA")
    assert (teehaus.order_count, str(teehaus.latest_order_on)) == (2, "1998-01-15")


def test_the_odd_lines_of_a_wholesaler(progress: Progress) -> None:
    imported(sample("online_retail"), SAMPLES, progress)
    flags = dict(Order.objects.values_list("source_number", "history_flags"))
    assert flags == {
        "700001": ["several_times"],
        "700002": ["zero_price", "no_customer"],
        "700003": [],
        "C700004": ["cancellation", "negative_without_reference"],
        "700005": ["negative_without_reference", "zero_price", "no_customer"],
        "700006": [],
        "A700007": ["adjustment", "no_customer"],
        "C700008": ["cancellation", "negative_without_reference"],
    }
    assert str(Order.objects.get(source_number="A700007").total) == "-52.06"
    names = dict(OrderLine.objects.values_list("sku", "product__name_zh").distinct())
    assert (names["9001A"], names["9003"], names["9004"]) == ("PAPER LANTERN RED", "GLASS STAR", "FELT PADS")
    assert set(OrderLine.objects.filter(product__kind="charge").values_list("sku", flat=True)) == {"POST", "B", "D"}


def test_an_order_number_of_several_customers_becomes_several_orders(progress: Progress) -> None:
    imported(sample("superstore"), SAMPLES, progress)
    keys = list(Order.objects.order_by("source_key").values_list("source_number", "source_key"))
    assert keys == [
        ("XX-2016-1", "XX-2016-1/周宁-2"),
        ("XX-2016-1", "XX-2016-1/林晓-1"),
        ("XX-2016-2", "XX-2016-2/林晓-1"),
        ("XX-2016-2", "XX-2016-2/林晓-1/2"),
        ("XX-2017-3", "XX-2017-3/何佳-3"),
        ("XX-2017-3", "XX-2017-3/周宁-2"),
    ]
    line = OrderLine.objects.get(order__source_key="XX-2016-1/林晓-1", position=1)
    assert (str(line.gross), str(line.discount)) == ("129.65", "86.43")
    returned = Order.objects.filter(history_flags__contains=["returned"])
    assert {one.source_number for one in returned} == {"XX-2017-3"}
    assert all(one.returned == one.quantity for one in OrderLine.objects.filter(order__in=returned))


def test_customers_are_shared_out_among_the_representatives(progress: Progress) -> None:
    reps = [make.user("rep", name="甲"), make.user("rep", name="乙")]
    imported(sample("northwind"), SAMPLES, progress)
    assert list(Customer.objects.order_by("id").values_list("owner__name", flat=True)) == ["甲", "乙", "甲"]
    assert {one.pk for one in reps} == set(Customer.objects.values_list("owner_id", flat=True))


def test_files_from_windows_end_their_lines_otherwise(tmp_path: Path, progress: Progress) -> None:
    for file in (SAMPLES / "northwind").glob("*.csv"):
        text = file.read_text(encoding="utf-8")
        (tmp_path / file.name).write_bytes(text.replace("\n", "\r\n").encode())
    import_module("shundan.exchange.imports.northwind").run(tmp_path, progress)
    assert Order.objects.filter(source="northwind").count() == 4
