"""Workers that meet, and workers that die: a carrier gets each order once, and none is lost."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Barrier, Thread
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

from shundan.fulfilment.actions import (
    WaybillInput,
    ask_waybill,
    book_waybill,
    cancel_waybill,
    look_for_stuck,
    plan_shipment,
    run_errand,
)
from shundan.fulfilment.models import CarrierErrand, DeliveryProblem, Waybill
from shundan.fulfilment.registries import CarrierAway
from shundan.kernel.models import Event
from shundan.orders.models import Order
from tests import make
from tests.integrations.depot import Asked, Depot, Said, open_depot
from tests.integrations.parcels import account
from tests.integrations.sf_desk import SfDesk

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class SlowDesk:
    """A carrier that takes its time with orders and cancellings, and counts how often it was asked for them."""

    desk: SfDesk = field(default_factory=SfDesk)
    pause: float = 0.3
    created: int = 0
    cancelled: int = 0

    def __call__(self, asked: Asked) -> Said:
        """Do what is asked, then wait before answering."""
        said = self.desk(asked)
        if b"EXP_RECE_CREATE_ORDER" in asked.body:
            self.created += 1
            time.sleep(self.pause)
        if b"EXP_RECE_UPDATE_ORDER" in asked.body:
            self.cancelled += 1
            time.sleep(self.pause)
        return said


@pytest.fixture
def desk() -> SlowDesk:
    return SlowDesk()


@pytest.fixture
def depot(desk: SlowDesk) -> Iterator[Depot]:
    with open_depot(desk) as found:
        yield found


@pytest.fixture
def waybill(depot: Depot) -> Waybill:
    """Return a waybill that waits for SF."""
    account("sf", url=depot.url, partner_id="SDTEST", check_word="secret-word")
    number = make.order(state="confirmed").number
    Order.objects.filter(number=number).update(ship_contact="李雷", ship_phone="13800001111")
    shipment = plan_shipment(number, by=make.boss())
    return ask_waybill(shipment.number, WaybillInput(account="sf"), by=make.boss())


def _at_once(work: Callable[[], str], *, times: int = 4) -> list[str]:
    start, told = Barrier(times), []

    def run() -> None:
        try:
            start.wait()
            told.append(work())
        except CarrierAway:
            told.append("away")
        finally:
            connection.close()

    threads = [Thread(target=run) for _n in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(told)


def _killed_in_the_middle(kind: str, key: int, *, has_begun: Callable[[], bool]) -> None:
    """Have a process do a job, and kill it while the carrier keeps it waiting."""
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.fulfilment.slow_worker", kind, str(key)],
        env={**os.environ, "DATABASE_URL": urlunsplit(url)},
        cwd=Path(__file__).resolve().parents[2],
    )
    deadline = time.monotonic() + 60
    while not has_begun():
        assert process.poll() is None, "the worker ended before it was killed"
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL


def _until(work: Callable[[], str], wanted: str) -> None:
    """Try again as jobs are tried again: the database may take a moment to notice that a worker is dead."""
    for _try in range(50):
        try:
            if work() == wanted:
                return
        except CarrierAway:
            pass
        time.sleep(0.1)
    raise AssertionError(wanted)


def test_workers_that_meet_book_a_waybill_once(waybill: Waybill, desk: SlowDesk) -> None:
    told = _at_once(lambda: book_waybill(waybill.pk, by=make.boss()))
    assert (told, desk.created, len(desk.desk.orders)) == (["", "", "", "booked"], 1, 1)
    waybill.refresh_from_db()
    assert (waybill.state, waybill.tracking_number) == ("booked", next(iter(desk.desk.orders.values())))
    assert Event.objects.filter(kind="waybill.booked").count() == 1


def test_a_worker_that_comes_just_after_another_sends_nothing_again(waybill: Waybill, desk: SlowDesk) -> None:
    """Many rounds of two, so that one often comes just as the other has its answer."""
    desk.pause = 0.0
    for _round in range(15):
        Waybill.objects.filter(pk=waybill.pk).update(state="asked", tracking_number="", booked_at=None)
        desk.created = 0
        desk.desk.orders.clear()
        CarrierErrand.objects.all().delete()
        _at_once(lambda: book_waybill(waybill.pk, by=make.boss()), times=2)
        assert desk.created == 1


def test_a_worker_killed_while_it_books_leaves_one_order_and_loses_none(waybill: Waybill, desk: SlowDesk) -> None:
    desk.pause = 3.0
    _killed_in_the_middle("book", waybill.pk, has_begun=lambda: desk.created == 1)
    waybill.refresh_from_db()
    assert (waybill.state, waybill.tracking_number, len(desk.desk.orders)) == ("sending", "", 1)
    desk.pause = 0.0
    _until(lambda: book_waybill(waybill.pk, by=make.boss()), "booked")
    waybill.refresh_from_db()
    assert ([waybill.tracking_number], desk.created) == (list(desk.desk.orders.values()), 1)


def test_workers_that_meet_cancel_a_waybill_once(waybill: Waybill, desk: SlowDesk) -> None:
    book_waybill(waybill.pk, by=make.boss())
    cancel_waybill(waybill.order_key, by=make.boss())
    errand = CarrierErrand.objects.get(kind="cancel")
    told = _at_once(lambda: run_errand(errand.pk, by=make.boss()))
    # Who finds another one speaking comes again later.
    assert (told.count("done") >= 1, set(told) <= {"done", "away"}, desk.cancelled) == (True, True, 1)
    assert Event.objects.filter(kind="waybill.cancelled").count() == 1


def test_a_worker_killed_while_it_cancels_leaves_the_errand_to_the_next(waybill: Waybill, desk: SlowDesk) -> None:
    book_waybill(waybill.pk, by=make.boss())
    cancel_waybill(waybill.order_key, by=make.boss())
    errand, desk.pause = CarrierErrand.objects.get(kind="cancel"), 3.0
    _killed_in_the_middle("errand", errand.pk, has_begun=lambda: desk.cancelled == 1)
    errand.refresh_from_db()
    waybill.refresh_from_db()
    assert (errand.state, waybill.state) == ("waiting", "booked")
    desk.pause = 0.0
    _until(lambda: run_errand(errand.pk, by=make.boss()), "done")
    waybill.refresh_from_db()
    assert (waybill.state, desk.desk.cancelled) == ("cancelled", {waybill.order_key})
    assert Event.objects.filter(kind="waybill.cancelled").count() == 1


def _cancelling_without_a_job(waybill: Waybill) -> CarrierErrand:
    book_waybill(waybill.pk, by=make.boss())
    CarrierErrand.objects.all().delete()
    cancel_waybill(waybill.order_key, by=make.boss())
    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_jobs")
    return CarrierErrand.objects.get(kind="cancel")


def test_workers_that_look_at_once_leave_an_errand_to_its_owner_once(waybill: Waybill) -> None:
    errand = _cancelling_without_a_job(waybill)
    late = make.on(make.boss(), hours=3)
    told = _at_once(lambda: str(look_for_stuck(by=late)))
    assert (sorted(told), DeliveryProblem.objects.count()) == (["0", "0", "0", "1"], 1)
    assert Event.objects.filter(kind="waybill.problem").count() == 1
    errand.refresh_from_db()
    assert errand.state == "unsure"


def test_who_looks_while_a_worker_speaks_to_the_carrier_leaves_it_to_the_answer(
    waybill: Waybill, desk: SlowDesk
) -> None:
    errand, late = _cancelling_without_a_job(waybill), make.on(make.boss(), hours=3)
    desk.pause = 1.0

    def speak() -> None:
        try:
            run_errand(errand.pk, by=late)
        finally:
            connection.close()

    worker = Thread(target=speak)
    worker.start()
    deadline = time.monotonic() + 30
    while not desk.cancelled and time.monotonic() < deadline:
        time.sleep(0.01)
    assert look_for_stuck(by=late) == 0
    worker.join()
    errand.refresh_from_db()
    waybill.refresh_from_db()
    assert (errand.state, waybill.state, DeliveryProblem.objects.count()) == ("done", "cancelled", 0)


def test_who_looks_as_a_worker_begins_leaves_one_outcome(waybill: Waybill, desk: SlowDesk) -> None:
    """Many rounds, so that one often comes just before the other."""
    errand, late = _cancelling_without_a_job(waybill), make.on(make.boss(), hours=3)
    desk.pause = 0.0
    for _round in range(10):
        CarrierErrand.objects.filter(pk=errand.pk).update(state="waiting", done_at=None)
        Waybill.objects.filter(pk=waybill.pk).update(state="booked")
        DeliveryProblem.objects.all().delete()
        works = [lambda: str(look_for_stuck(by=late)), lambda: run_errand(errand.pk, by=late)]
        _at_once(lambda works=works: works.pop()(), times=2)  # type: ignore[misc]
        errand.refresh_from_db()
        waybill.refresh_from_db()
        stands = (errand.state, waybill.state, DeliveryProblem.objects.count())
        assert stands in {("done", "cancelled", 0), ("unsure", "booked", 1)}
