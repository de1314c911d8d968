"""Many papers as one file: a job with progress, with the rights of who asked, that goes on where it was cut."""

import base64

import pytest

from shundan.kernel.actor import system_actor
from shundan.kernel.errors import Malformed, NotFound, NotPermitted
from shundan.papers.actions import continue_printing, start_printing
from shundan.papers.models import PrintedPaper, PrintRun
from shundan.papers.queries import get_print_run
from tests import make
from tests.api.client import as_person
from tests.cast import Cast
from tests.jobs import do_jobs
from tests.papers.test_papers import pages_of
from tests.web.conftest import Browser
from tests.web.conftest import _plain_static_files as _plain_static_files
from tests.web.conftest import browser_of as browser_of

pytestmark = pytest.mark.django_db


def test_a_hundred_papers_are_one_file_that_a_job_makes(people: Cast) -> None:
    product = make.product("BOLT", stock=1000)
    numbers = [
        make.order(state="confirmed", of=people.boyuan, by=people.wang, products=[product], quantity=1).number
        for _each in range(12)
    ]
    draft = make.order(state="draft", of=people.boyuan, by=people.wang).number
    wanted = [*numbers, draft, "SO-NONE", numbers[0]]
    run = start_printing("confirmation", wanted, by=people.wang)
    assert (run.state, run.total, run.done, run.file) == ("running", 14, 0, None)
    # Ten at once; cut here, the job goes on with the rest.
    assert continue_printing(run.pk, by=system_actor(make.AT))
    run.refresh_from_db()
    assert (run.done, PrintedPaper.objects.filter(run=run, state="drawn").count()) == (10, 10)
    do_jobs()
    run.refresh_from_db()
    assert (run.state, run.done) == ("done", 14)
    assert pages_of(bytes(run.file or b"")) == 12
    left_out = dict(PrintedPaper.objects.filter(run=run, state="left_out").values_list("number", "problem"))
    assert left_out == {draft: "order_not_released", "SO-NONE": "not_found"}
    assert not PrintedPaper.objects.filter(run=run, data__isnull=False).exists()
    assert not continue_printing(run.pk, by=system_actor(make.AT))


def test_nobody_prints_what_they_may_not_see_nor_takes_anothers_file(people: Cast) -> None:
    number = make.order(state="confirmed", of=people.boyuan, by=people.wang).number
    run = start_printing("confirmation", [number], by=people.li)
    do_jobs()
    run.refresh_from_db()
    assert (run.state, run.file, run.papers.get().problem) == ("empty", None, "not_found")
    with make.refused(NotFound):
        get_print_run(run.pk, by=people.wang)
    with make.refused(NotPermitted):
        start_printing("confirmation", [number], by=make.boss())
    for numbers, kind in (([], "confirmation"), (["x"] * 2 + [f"N{at}" for at in range(301)], "confirmation")):
        with make.refused(Malformed):
            start_printing(kind, numbers, by=people.wang)
    with make.refused(NotFound):
        start_printing("menu", [number], by=people.wang)
    assert PrintRun.objects.count() == 1


def test_from_the_lists_and_over_the_api(people: Cast, browser_of: Browser) -> None:
    order = make.order(state="shipped", of=people.boyuan, by=people.wang)
    invoice = make.invoice(order)
    wang, zhao, sun = (browser_of(one) for one in (people.wang, people.zhao, people.sun))
    assert "/orders/print/" in wang.get("/orders/").content.decode()
    assert "/invoices/print/" in zhao.get("/invoices/").content.decode()
    shipment = sun.get("/shipments/").content.decode().split('name="ids" value="')[1].split('"')[0]
    for browser, place, ids in (
        (wang, "/orders/print/", [order.number]),
        (zhao, "/invoices/print/", [invoice.number]),
        (sun, "/shipments/print/?paper=packing_list", [shipment]),
    ):
        answer = browser.post(place, {"ids": ids})
        assert answer.status_code == 303
        shown = answer["Location"]
        assert "hx-get" in browser.get(shown).content.decode()
        do_jobs()
        assert browser.get(f"{shown}progress/").headers["HX-Refresh"] == "true"
        assert f"{shown}papers.pdf" in browser.get(shown).content.decode()
        assert browser.get(f"{shown}papers.pdf").content[:4] == b"%PDF"
        assert browser.get("/print-runs/").status_code == 200
        assert browser_of(people.li).get(f"{shown}papers.pdf").status_code == 404
    assert wang.post("/orders/print/", {"ids": []})["Location"] == "/orders/"
    api = as_person(people.wang)
    begun = api.post("/print-runs", {"kind": "contract", "numbers": [order.number], "language": "en"})
    assert (begun.status, begun.body["state"]) == (201, "running")
    do_jobs()
    told = api.get(f"/print-runs/{begun.body['id']}").body
    assert (told["state"], told["papers"]) == ("done", [{"number": order.number, "state": "drawn"}])
    for path in (f"/print-runs/{begun.body['id']}/", "/print-runs/"):
        assert order.number in wang.get(path).content.decode()
    assert base64.b64decode(api.get(f"/print-runs/{begun.body['id']}/file").body["content"])[:4] == b"%PDF"
    assert len(api.get("/print-runs").body["items"]) == 2
