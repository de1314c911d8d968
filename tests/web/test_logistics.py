"""Carriers on the pages: set up by the administrator, chosen by the warehouse, followed by who sold."""

import io
import re
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from python_calamine import CalamineWorkbook

from shundan.fulfilment.actions import look_for_stuck, plan_shipment, run_errand, ship_order, ship_shipment
from shundan.fulfilment.models import (
    CarrierAccount,
    CarrierErrand,
    DeliveryProblem,
    Shipment,
    TrackingScan,
    Waybill,
    WaybillLabel,
)
from shundan.fulfilment.registries import CarrierAway
from shundan.kernel.actor import system_actor
from shundan.kernel.models import Event
from shundan.orders.models import Order
from tests import make
from tests.api.client import as_person
from tests.cast import Cast
from tests.integrations.depot import open_depot
from tests.integrations.parcels import account
from tests.integrations.sf_desk import PDF, SfDesk, route
from tests.jobs import do_jobs
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


def _shipment(people: Cast) -> str:
    product = make.product("FLANGE", price="10.00", stock=100)
    order = make.order(state="confirmed", of=people.boyuan, by=people.wang, products=[product], quantity=10)
    Order.objects.filter(pk=order.pk).update(ship_contact="李雷", ship_phone="13800001111")
    return plan_shipment(order.number, by=people.sun).number


def _posted(browser: Client, url: str, given: dict[str, str], *, status: int = 303) -> str:
    answer = browser.post(url, {**given, "idempotency_key": str(uuid4())})
    assert answer.status_code == status, answer.content.decode()[:3000]
    return answer.headers.get("Location", "") or answer.content.decode()


def test_a_carrier_is_set_up_and_its_secret_never_shown(people: Cast, browser_of: Browser) -> None:
    admin = browser_of(people.zhou)
    assert "SF Express" in admin.get("/carriers/").content.decode()
    form = {"carrier": "sf", "code": "sf", "name": "顺丰", "base_url": "https://sf.example.com", "stuck_hours": "48",
            "services": ["1", "2"], "set-partner_id": "SDTEST", "is_active": "1", "sender-city": "上海市"}  # fmt: skip
    said = _posted(admin, "/carriers/new/?carrier=sf", form, status=422)
    assert "This field is required." in said
    assert _posted(admin, "/carriers/new/?carrier=sf", {**form, "set-check_word": "top secret"}) == "/carriers/"
    shown = admin.get("/carriers/sf/").content.decode()
    assert "top secret" not in shown
    assert CarrierAccount.objects.get().push_key in shown
    assert CarrierAccount.objects.get().services == ["1", "2"]
    assert admin.get("/carriers/new/?carrier=nobody").status_code == 404
    assert "No trouble" in admin.get("/carriers/").content.decode()
    CarrierAccount.objects.update(is_active=False)
    assert "No trouble" not in admin.get("/carriers/").content.decode()
    assert browser_of(people.sun).get("/carriers/").status_code == 403


def test_a_parcel_from_the_shelf_to_the_signature(people: Cast, browser_of: Browser) -> None:
    shipment, desk = _shipment(people), SfDesk()
    with open_depot(desk) as depot:
        account = {"carrier": "sf", "code": "sf", "name": "顺丰", "base_url": depot.url, "stuck_hours": "72",
                   "services": ["1", "2"], "set-partner_id": "SDTEST", "set-check_word": "secret-word",
                   "is_active": "1"}  # fmt: skip
        _posted(browser_of(people.zhou), "/carriers/new/?carrier=sf", account)
        warehouse = browser_of(people.sun)
        assert f"/shipments/{shipment}/waybill/" in warehouse.get(f"/shipments/{shipment}/").content.decode()
        asked = _posted(warehouse, f"/shipments/{shipment}/waybill/costs/", {"weight": "2.5", "parcels": "1"})
        do_jobs()
        costs = warehouse.get(asked).content.decode()
        assert "32.50" in costs
        assert "23.00" in costs
        url = _posted(warehouse, f"/shipments/{shipment}/waybill/", {"choice": "sf/2", "parcels": "2", "weight": "2.5"})
        assert url == f"/logistics/of/{shipment}/"
        assert "Waiting for the carrier" in warehouse.get(url).content.decode()
        do_jobs()
        number = Waybill.objects.get().tracking_number
        assert number in warehouse.get(url).content.decode()
        assert warehouse.get(f"{url}label/").content == PDF
        ship_shipment(shipment, by=people.sun)
        desk.routes[number] = [route("2026-03-02 18:00:00", "50", "已收取快件")]
        desk.routes[number].append(route("2026-03-03 09:00:00", "70", "派送不成功：无人"))
        _posted(warehouse, f"{url}ask/", {})
        do_jobs()
        for place in ("/", url, "/logistics/?view=problems", f"/shipments/{shipment}/"):
            assert shipment in warehouse.get(place).content.decode(), place
        assert "派送不成功" in browser_of(people.wang).get(url).content.decode()
        problem = DeliveryProblem.objects.get()
        _posted(warehouse, f"{url}problems/{problem.pk}/", {"answer": "改约明天"})
        desk.routes[number].append(route("2026-03-04 10:00:00", "80", "已签收"))
        _posted(warehouse, f"{url}ask/", {})
        do_jobs()
    order = Waybill.objects.get().shipment.order
    assert make.fresh(order.number).fulfilment == "delivered"
    assert "Delivered" in warehouse.get(f"/orders/{order.number}/?tab=documents").content.decode()


def test_what_a_carrier_is_asked_for_is_shown_until_it_answers(people: Cast, browser_of: Browser) -> None:
    shipment, desk = _shipment(people), SfDesk()
    with open_depot(desk) as depot:
        account = {"carrier": "sf", "code": "sf", "name": "顺丰", "base_url": depot.url, "stuck_hours": "72",
                   "services": ["1"], "set-partner_id": "SDTEST", "set-check_word": "secret-word",
                   "is_active": "1"}  # fmt: skip
        _posted(browser_of(people.zhou), "/carriers/new/?carrier=sf", account)
        warehouse = browser_of(people.sun)
        url = _posted(warehouse, f"/shipments/{shipment}/waybill/", {"choice": "sf/1", "parcels": "1", "weight": "1"})
        assert "Handing over to the carrier" in warehouse.get(url).content.decode()
        assert f'hx-get="{url}progress/"' in warehouse.get(f"{url}progress/").content.decode()
        do_jobs()
        # The page is loaded anew when there is nothing to wait for.
        assert warehouse.get(f"{url}progress/").headers["HX-Refresh"] == "true"
        assert "Label (PDF)" in warehouse.get(url).content.decode()
        WaybillLabel.objects.all().delete()
        said = warehouse.get(f"{url}label/")
        assert (said.status_code, "label_on_its_way" in said.content.decode()) == (409, True)
        _posted(warehouse, f"{url}want-label/", {})
        assert "Fetching the label" in warehouse.get(url).content.decode()
        do_jobs()
        assert warehouse.get(f"{url}label/").content == PDF
        desk.word = "changed"
        _posted(warehouse, f"{url}cancel/", {})
        assert "Cancelling at the carrier" in warehouse.get(url).content.decode()
        do_jobs()
        shown = warehouse.get(url).content.decode()
        for words in ("Not cancelled by the carrier", "A1006", "Cancel only here"):
            assert words in shown, words
        _posted(warehouse, f"{url}cancel/", {"only_here": "1"})
    assert Waybill.objects.get().state == "cancelled"


def test_what_no_carrier_answers_is_asked_for_again_on_its_page_and_over_the_api(
    people: Cast, browser_of: Browser
) -> None:
    shipment, desk = _shipment(people), SfDesk()
    with open_depot(desk) as depot:
        account("sf", url=depot.url, partner_id="SDTEST", check_word="secret-word")
        warehouse = browser_of(people.sun)
        url = _posted(warehouse, f"/shipments/{shipment}/waybill/", {"choice": "sf/", "parcels": "1", "weight": "1"})
        do_jobs()
        WaybillLabel.objects.all().delete()
        desk.is_down = True
        for place in ("want-label", "cancel"):
            _posted(warehouse, f"{url}{place}/", {})
        shown = warehouse.get(url).content.decode()
        assert ("Fetch the label" in shown, "Cancel waybill" in shown) == (False, False)
        _given_up()
        shown = warehouse.get(url).content.decode()
        for words in (
            "Fetch the label",
            "Cancel waybill",
            "Cancelling of unknown outcome",
            "No label from the carrier",
            "it may have cancelled it or not",
            "Cancel only here",
        ):
            assert words in shown, words
        assert "hx-get" not in re.findall(r'<section[^>]*id="errands"[^>]*>', shown)[0]
        desk.is_down = False
        _posted(warehouse, f"{url}want-label/", {})
        do_jobs()
        assert warehouse.get(f"{url}label/").content == PDF
        desk.is_down = True
        _posted(warehouse, f"{url}cancel/", {})
        assert "Cancel only here" not in warehouse.get(url).content.decode()
        _given_up()
        desk.is_down = False
        api = as_person(people.sun)
        told = api.get(f"/waybills/{shipment}").body
        assert [one["state"] for one in told["errands"] if one["kind"] == "cancel"] == ["unsure", "unsure"]
        assert [one["kind"] for one in told["problems"] if not one["resolved_at"]] == ["cancel_unsure"]
        asked = api.post(f"/waybills/{shipment}/cancel", {})
        assert (asked.status, asked.body["errands"][0]["state"]) == (200, "waiting")
        do_jobs()
        assert api.get(f"/waybills/{shipment}").body["state"] == "cancelled"


def _given_up() -> None:
    """Have each errand tried in vain and its job lost; then the hourly look comes by, hours later."""
    for pk in CarrierErrand.objects.filter(state="waiting").values_list("pk", flat=True):
        with pytest.raises(CarrierAway):
            run_errand(pk, by=system_actor(timezone.now()))
    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_jobs")
    look_for_stuck(by=system_actor(timezone.now() + timedelta(hours=3)))


def test_an_odd_tracking_number_is_asked_back_on_the_page(people: Cast, browser_of: Browser) -> None:
    shipment, warehouse = _shipment(people), browser_of(people.sun)
    guessed = warehouse.get("/logistics/carrier-of/?tracking=YT2819014287715").content.decode()
    assert "YTO" in guessed
    assert warehouse.get("/logistics/carrier-of/?tracking=1").content.decode().strip() == ""
    given = {"carrier": "sf", "tracking": "YT2819014287715"}
    shown = _posted(warehouse, f"/shipments/{shipment}/ship/", given, status=409)
    for words in ("does not look like", "It looks like a number of: YTO", 'name="keep_number"', "YT2819014287715"):
        assert words in shown, words
    _posted(warehouse, f"/shipments/{shipment}/ship/", given | {"keep_number": "1"})
    assert 'name="keep_number"' not in warehouse.get(f"/shipments/{shipment}/").content.decode()


def test_orders_and_deliveries_are_printed(people: Cast, browser_of: Browser) -> None:
    shipment, warehouse = _shipment(people), browser_of(people.sun)
    order = Order.objects.get(kind="sale").number
    shown = warehouse.get(f"/orders/{order}/").content.decode()
    (menu,) = re.findall(r"/orders/[^/]+/papers/confirmation\.pdf", shown)
    for place in (menu, f"/orders/{order}/order.pdf", f"/shipments/{shipment}/delivery-note.pdf"):
        answer = warehouse.get(place)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
        assert answer.content.startswith(b"%PDF")


def test_goods_are_handed_out_and_events_typed_in(people: Cast, browser_of: Browser) -> None:
    shipment = _shipment(people)
    admin, warehouse = browser_of(people.zhou), browser_of(people.sun)
    for carrier in ("pickup", "fleet"):
        given = {"carrier": carrier, "code": carrier, "name": carrier, "stuck_hours": "72", "is_active": "1"}
        _posted(admin, f"/carriers/new/?carrier={carrier}", given)
    url = _posted(
        warehouse, f"/shipments/{shipment}/waybill/",
        {"choice": "fleet/", "parcels": "1", "weight": "1", "vehicle": "沪A·12345", "driver": "陈师傅"},
    )  # fmt: skip
    assert "沪A·12345" in warehouse.get(url).content.decode()
    _posted(warehouse, f"{url}cancel/", {})
    url = _posted(warehouse, f"/shipments/{shipment}/waybill/", {"choice": "pickup/", "parcels": "1", "weight": "1"})
    assert "not right" in _posted(warehouse, f"{url}hand-out/", {"pickup_code": "x"}, status=409)
    _posted(warehouse, f"{url}hand-out/", {"pickup_code": Waybill.objects.get(state="booked").pickup_code})
    assert TrackingScan.objects.get().state == "delivered"
    assert "Picked up" in warehouse.get(url).content.decode()


def test_what_a_carrier_billed_is_entered_on_the_page(people: Cast, browser_of: Browser) -> None:
    CarrierAccount.objects.create(code="fleet", carrier="fleet", name="车队", push_key="k")
    shipment = _shipment(people)
    warehouse, finance = browser_of(people.sun), browser_of(people.zhao)
    url = _posted(warehouse, f"/shipments/{shipment}/waybill/", {"choice": "fleet/", "parcels": "1", "weight": "1"})
    given = {"amount": "88.005", "currency": "USD", "reason": "月结对账"}
    said = _posted(finance, f"{url}freight/", given, status=422)
    assert 'value="88.005"' in said and "at most two decimals" in said and 'value="月结对账"' in said
    _posted(finance, f"{url}freight/", given | {"amount": "88.00"})
    shown = finance.get(url).content.decode()
    for words in ("$88.00", "88.00 USD", "put the freight of", "月结对账"):
        assert words in shown, words
    seller = browser_of(people.wang)
    assert "Put the freight right" not in seller.get(url).content.decode()
    assert seller.post(f"{url}freight/", given).status_code == 403
    answer = as_person(people.sun).put(f"/waybills/{shipment}/freight", given | {"amount": "90"})
    assert (answer.status, answer.body["cost"], answer.body["currency"]) == (200, "90.00", "USD")


def test_files_of_a_carrier(people: Cast, browser_of: Browser) -> None:
    shipment, admin, warehouse = _shipment(people), browser_of(people.zhou), browser_of(people.sun)
    given = {"carrier": "file", "code": "anneng", "name": "安能", "stuck_hours": "72", "is_active": "1"}
    _posted(admin, "/carriers/new/?carrier=file", given)
    _posted(warehouse, f"/shipments/{shipment}/waybill/", {"choice": "anneng/", "parcels": "1", "weight": "800"})
    assert "1 waybill has" in warehouse.get("/logistics/files/anneng/").content.decode()
    assert shipment in warehouse.get("/logistics/files/anneng/?download=1").content.decode()
    assert Waybill.objects.get().weight == Decimal(800)
    assert "Choose a file" in _posted(warehouse, "/logistics/files/anneng/", {}, status=422)


def test_what_carriers_push_needs_their_key(people: Cast) -> None:
    outside = Client()
    assert outside.post("/api/v1/carrier-events/guess", "{}", content_type="application/json").status_code == 404
    assert outside.get("/api/v1/carrier-events/guess").status_code == 405


def _cells(page: str, *, of: str) -> list[str]:
    """Return what the row of the table says that begins with a name."""
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    cells = [[re.sub(r"<[^>]+>", "", one).strip() for one in re.findall(r"<t[hd].*?</t[hd]>", row)] for row in rows]
    (found,) = (row for row in cells if row and row[0] == of and len(row) > 3)
    return found


def test_figures_agree_on_page_in_files_and_over_the_api(people: Cast, browser_of: Browser) -> None:
    admin, finance = browser_of(people.zhou), browser_of(make.person("finance"))
    assert "Nothing to report yet" in finance.get("/logistics/figures/").content.decode()
    given = {"carrier": "fleet", "code": "fleet", "name": "车队", "stuck_hours": "72", "is_active": "1"}
    _posted(admin, "/carriers/new/?carrier=fleet", {**given, "set-first_price": "88"})
    warehouse = browser_of(people.sun)
    for parcels in ("2", "3", "1"):
        shipment = ship_order(make.order(state="confirmed").number, by=make.boss()).number
        url = _posted(
            warehouse, f"/shipments/{shipment}/waybill/", {"choice": "fleet/", "parcels": parcels, "weight": "1.5"}
        )
        if parcels != "1":
            _posted(warehouse, f"{url}scan/", {"state": "delivered"})
    # Two of three were promised for yesterday, and one of them came: two are due, none in time but one of today.
    now = timezone.now()
    first, second, third = Waybill.objects.order_by("id")
    Shipment.objects.update(shipped_at=now - timedelta(days=3))
    for one, promised in ((first, now), (second, now - timedelta(days=1)), (third, now - timedelta(days=1))):
        Waybill.objects.filter(pk=one.pk).update(promised_at=promised, cost=None if one == third else "88.00")
    for place in ("?since=nonsense", "?group=weather"):
        assert "was not understood" in finance.get(f"/logistics/figures/{place}").content.decode()
    for place in ("?since=2999-01-01", "?since=2026-02-01&until=2026-01-01"):
        assert finance.get(f"/logistics/figures/{place}").status_code == 422
    assert finance.get("/logistics/figures/?until=9999-12-31").status_code == 200
    assert "Nothing fits" in finance.get("/logistics/figures/?since=2020-01-01&until=2020-01-02").content.decode()
    known = {"waybills": 3, "parcels": 6, "delivered": 2, "judged": 3, "in_time": 1, "in_time_share": "0.3333",
             "days": "3", "cost": "176.00", "costed": 2, "weight": "4.5", "problems": 0}  # fmt: skip
    said = as_person(make.person("finance")).get("/logistics-reports/carrier").body
    assert said["items"] == [{"key": "fleet", "name": "车队", **known}]
    assert said["total"] == {"key": "", "name": "", **known}
    page = finance.get("/logistics/figures/").content.decode()
    figures = ["3", "6", "2", "33.3%", "3", "¥176.00", "0"]
    assert (_cells(page, of="车队")[1:], _cells(page, of="Total")[1:]) == (figures, figures)
    assert all(words in page for words in ("1 of 3 due", "¥88.00 a waybill", "1 without a known freight"))
    plain = "3,6,2,3,1,0.3333,3.0,176.00,2,4.500,0"
    file = b"".join(finance.get("/logistics/figures/export/?format=csv").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert file.split("\r\n")[1:3] == [f"车队,{plain}", f"Total,{plain}"]
    sheet = b"".join(finance.get("/logistics/figures/export/").streaming_content)  # type: ignore[attr-defined]
    cells = CalamineWorkbook.from_filelike(io.BytesIO(sheet)).get_sheet_by_index(0).to_python()
    assert cells[1][1:] == cells[2][1:] == [float(one) for one in plain.split(",")]
    kept = Event.objects.filter(kind="report.exported").values_list("data__report", "data__form").order_by("id")
    assert list(kept) == [("logistics", "csv"), ("logistics", "xlsx")]
    assert finance.get("/logistics/figures/export/?format=exe").status_code == 422
    assert as_person(make.person("finance")).get("/logistics-reports/weather").status == 404
