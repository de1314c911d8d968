"""Pages of rounds, parcels and prints: chosen, scanned, packed, printed; a few statements whatever the length."""

import re
from decimal import Decimal

import pytest
from django.test import Client

from shundan.fulfilment.actions import cancel_shipment, plan_shipment, scan_shipment, ship_scanned
from shundan.fulfilment.models import Parcel, PickRound, Shipment
from shundan.inventory.actions import LocationInput, LotInput, receive_stock, save_location
from shundan.inventory.models import StockCount, StockPick, StockPosition
from tests import make
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(browser_of: Browser) -> Client:
    """Sign the warehouse in."""
    return browser_of(make.person("warehouse"))


def picked(sku: str, quantity: int = 3) -> Shipment:
    """Make a pick list."""
    goods = make.product(sku, stock=quantity)
    return plan_shipment(make.order(products=[goods], quantity=quantity).number, by=make.boss())


def test_a_round_is_chosen_walked_and_printed(desk: Client) -> None:
    first, second = picked("WEB-R1"), picked("WEB-R2")
    page = desk.get("/rounds/new/").content.decode()
    assert first.number in page and second.number in page
    answer = desk.post("/rounds/new/", {"shipment": [first.number, second.number], "kind": "wave"})
    made = PickRound.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/rounds/{made.number}/")
    assert made.number in desk.get("/rounds/").content.decode()
    path = f"/rounds/{made.number}/"
    assert "WEB-R1" in desk.get(path).content.decode()
    scanned = desk.post(path, {"code": "WEB-R1"}, headers={"HX-Request": "true"})
    assert scanned.status_code == 200 and "box 1: 3" in scanned.content.decode()
    again = desk.post(path, {"code": "WEB-R1"}, headers={"HX-Request": "true"})
    assert again.status_code == 409 and "too_many_scanned" in again.content.decode()
    paper = desk.get(f"{path}list.pdf")
    assert paper["Content-Type"] == "application/pdf" and paper.content.startswith(b"%PDF")
    moved = desk.post(path, {"code": second.number}, headers={"HX-Request": "true"})
    assert moved["HX-Redirect"] == f"/shipments/{second.number}/pick/"
    assert desk.post(f"{path}dissolve/").status_code == 303
    assert not Shipment.objects.filter(round=made).exists()


def test_a_shipment_is_packed_and_its_papers_are_printed(desk: Client) -> None:
    shipment = picked("WEB-P1")
    path = f"/shipments/{shipment.number}/"
    assert desk.post(f"{path}pack/", {"quantity-1": "4"}).status_code == 409
    assert desk.post(f"{path}pack/", {"quantity-1": "2", "weight": "x"}).status_code == 422
    assert desk.post(f"{path}pack/", {"quantity-1": "2", "weight": "1.5"}).status_code == 303
    assert "1.5" in desk.get(f"{path}pack/").content.decode() and "1.5" in desk.get(path).content.decode()
    for name in ("pick-list", "packing-list", "label"):
        paper = desk.get(f"{path}{name}.pdf")
        assert paper.status_code == 200 and paper.content.startswith(b"%PDF"), name
        assert shipment.number in paper["Content-Disposition"]
    assert desk.post(f"{path}unpack/1/").status_code == 303 and not Parcel.objects.exists()


def test_shelves_and_products_get_labels(desk: Client) -> None:
    make.product("编号/1", barcode="6901234567892")
    save_location("MAIN", LocationInput(code="A-01"), by=make.boss())
    for path in ("/warehouses/MAIN/labels.pdf", "/warehouses/MAIN/labels.pdf?location=A-01"):
        assert desk.get(path).content.startswith(b"%PDF")
    assert desk.get("/stock/label/编号/1/label.pdf").content.startswith(b"%PDF")


def test_a_count_is_planned_scanned_blind_and_judged_by_somebody_else(desk: Client, browser_of: Browser) -> None:
    save_location("MAIN", LocationInput(code="W-01", zone="W"), by=make.boss())
    goods = make.product("WEB-C1")
    main = make.main_warehouse().pk
    received = {"product_id": goods.pk, "warehouse_id": main, "quantity": Decimal(37), "reason": "found"}
    receive_stock(**received, location="W-01", by=make.boss())
    assert desk.post("/counts/new/", {"warehouse": "MAIN", "zone": "NONE"}).status_code == 409
    made = desk.post("/counts/new/", {"warehouse": "MAIN", "zone": "W"})
    path = made["Location"]
    assert desk.get(path).status_code == 200 and desk.get("/counts/").status_code == 200
    htmx = {"headers": {"HX-Request": "true"}}
    assert "place_needed" in desk.post(f"{path}scan/", {"code": "WEB-C1"}, **htmx).content.decode()
    assert "W-01" in desk.post(f"{path}scan/", {"code": "W-01"}, **htmx).content.decode()
    for _round in range(2):
        counted = {"code": "WEB-C1", "location": "W-01", "quantity": "30"}
        page = desk.post(f"{path}scan/", counted, **htmx).content.decode()
        assert "WEB-C1: 30" in page and not re.search(r"\b37\b", page)
        assert desk.post(f"{path}finish/").status_code == 303
    assert desk.post(f"{path}approve/").status_code == 403
    judge = browser_of(make.person("finance"))
    page = judge.get(path).content.decode()
    assert "37" in page and "-7" in page.replace("\u2212", "-")
    assert judge.post(f"{path}approve/").status_code == 303
    assert make.stock_of(goods)[0] == 30
    assert desk.post("/scan/", {"code": path.split("/")[2]})["Location"] == path


def test_what_came_in_is_put_where_it_belongs(desk: Client) -> None:
    for code, order in (("P-01", 1), ("P-02", 2)):
        save_location("MAIN", LocationInput(code=code, zone="P", walking_order=order), by=make.boss())
    goods, other = make.product("WEB-PA", stock=5), make.product("WEB-PB", stock=1)
    main = make.main_warehouse().pk
    there = {"product_id": goods.pk, "warehouse_id": main, "quantity": Decimal(1), "reason": "found"}
    receive_stock(**there, location="P-02", by=make.boss())
    page = desk.get("/put-away/MAIN/").content.decode()
    assert "P-02" in page and "P-01" in page and other.sku in page
    htmx = {"headers": {"HX-Request": "true"}}
    assert "nothing_to_put_away" in desk.post("/put-away/MAIN/", {"code": "P-01"}, **htmx).content.decode()
    hand = StockPosition.objects.get(product=goods, location__code="STOCK")
    taken = desk.post("/put-away/MAIN/", {"code": "WEB-PA"}, **htmx).content.decode()
    assert f'value="{hand.pk}"' in taken
    put = {"code": "P-02", "hand": str(hand.pk), "quantity": "6"}
    assert "not_at_position" in desk.post("/put-away/MAIN/", put, **htmx).content.decode()
    assert desk.post("/put-away/MAIN/", put | {"quantity": ""}, **htmx).status_code == 200
    assert StockPosition.objects.get(product=goods).quantity == 6


def test_what_is_broken_is_scrapped_by_scanner(desk: Client, browser_of: Browser) -> None:
    goods = make.product("WEB-CR", stock=9)
    assert "/stock-corrections/MAIN/" in desk.get("/scan/").content.decode()
    path, htmx = "/stock-corrections/MAIN/", {"headers": {"HX-Request": "true"}}
    assert desk.get(path).status_code == 200
    scan = {"code": "WEB-CR", "what": "scrap", "reason": "", "quantity": "2", "idempotency_key": "cr-1"}
    for _again in range(2):
        assert "2 × WEB-CR" in desk.post(path, scan, **htmx).content.decode()
    assert make.stock_of(goods)[0] == 7
    page = desk.post(path, {"code": "WEB-CR", "what": "missing", "reason": "lost"}, **htmx).content.decode()
    assert 'value="missing" selected' in page and make.stock_of(goods)[0] == 6
    assert "unknown_code" in desk.post(path, {"code": "NONE-CR", "what": "scrap"}, **htmx).content.decode()
    assert browser_of(make.person("rep")).get(path).status_code == 403


def test_without_scripts_a_scan_is_a_plain_form(desk: Client) -> None:
    shipment = picked("WEB-S1")
    assert desk.post("/scan/", {"code": shipment.number})["Location"] == f"/shipments/{shipment.number}/pick/"
    assert desk.post("/scan/", {"code": "WEB-S1"})["Location"] == "/stock/of/WEB-S1/"
    assert desk.post("/scan/", {"code": "NONE-S1"}).status_code == 409
    path = f"/shipments/{shipment.number}/pick/"
    page = desk.get(path)
    assert "wasm-unsafe-eval" in page["Content-Security-Policy"] and "camera=(self)" in page["Permissions-Policy"]
    assert "wasm" not in desk.get("/scan/x")["Content-Security-Policy"]
    key = {"idempotency_key": "k-1"}
    assert desk.post(path, {"code": "WEB-S1", "quantity": "1", **key}).status_code == 200
    assert desk.post(path, {"code": "WEB-S1", "quantity": "1", **key}).status_code == 200
    assert "2" in desk.get(path).content.decode()
    assert desk.post(path, {"code": "WEB-S1", "quantity": "3"}).status_code == 409
    assert desk.post(path, {"what": "forget"}).status_code == 200
    assert desk.post(path, {"code": shipment.number}).status_code == 409
    assert desk.post(path, {"code": "WEB-S1"}).status_code == 200
    assert desk.post(path, {"code": shipment.order.number})["Location"] == "/scan/"


def test_another_lot_is_taken_when_it_is_scanned_again_or_chosen(desk: Client) -> None:
    goods = make.product("WEB-SW", tracking="lot")
    for lot, days in (("W-OLD", 1), ("W-NEW", 2), ("W-ALSO", 3)):
        receive_stock(
            product_id=goods.pk,
            warehouse_id=make.main_warehouse().pk,
            quantity=Decimal(2),
            reason="opening",
            lots=[LotInput(code=lot, quantity=Decimal(2))],
            by=make.on(make.boss(), days=days),
        )
    shipment = plan_shipment(make.order(products=[goods], quantity=2).number, by=make.boss())
    path, htmx = f"/shipments/{shipment.number}/pick/", {"headers": {"HX-Request": "true"}}
    refused = desk.post(path, {"code": "W-NEW"}, **htmx)
    page = refused.content.decode()
    assert refused.status_code == 409 and "wrong_lot" in page and 'name="asked" value="W-NEW"' in page
    # Another code in between: what was asked is forgotten.
    assert 'name="asked"' not in desk.post(path, {"code": "NO-SUCH", "asked": "W-NEW"}, **htmx).content.decode()
    assert "wrong_lot" in desk.post(path, {"code": "W-ALSO", "asked": "W-NEW"}, **htmx).content.decode()
    taken = desk.post(path, {"code": "W-NEW", "asked": "W-NEW", "quantity": "1"}, **htmx).content.decode()
    assert "1 × WEB-SW W-NEW" in taken and 'value="W-ALSO"' in taken
    chosen = {"what": "swap", "sku": "WEB-SW", "instead_of": "W-OLD", "lot": "W-ALSO", "quantity": "1"}
    assert "W-ALSO" in desk.post(path, chosen, **htmx).content.decode()
    picks = StockPick.objects.filter(source_id=shipment.pk)
    assert dict(picks.values_list("position__lot__code", "scanned")) == {"W-NEW": 1, "W-ALSO": 0}
    assert "lot_not_free" not in desk.get(path).content.decode()
    assert desk.get(f"/shipments/{shipment.number}/").content.decode().count("W-NEW")


def test_what_is_due_is_planned_by_class(desk: Client, browser_of: Browser) -> None:
    make.product("WEB-CY", stock=4)
    assert "Cycle counts" in desk.get("/counts/").content.decode()
    made = desk.post("/counts/due/")
    assert (made.status_code, made["Location"]) == (303, "/counts/")
    page = desk.get("/counts/").content.decode()
    assert "class C" in page and StockCount.objects.get().number in page
    assert desk.post("/counts/due/")["Location"] == "/counts/classes/"
    plan = {"share_a": "70", "share_b": "20", "days_a": "10", "days_b": "60", "days_c": "200", "version": "0"}
    wrong = desk.post("/counts/classes/save/", plan | {"share_a": "95"})
    assert wrong.status_code == 422 and 'value="95"' in wrong.content.decode()
    assert desk.post("/counts/classes/save/", plan | {"is_nightly": "1"}).status_code == 303
    page = desk.get("/counts/classes/").content.decode()
    assert "10 days" in page and "planned each night" in page
    assert (
        "<form" not in browser_of(make.person("auditor")).get("/counts/classes/").content.decode().split("<main", 1)[1]
    )


def test_a_pick_list_that_ended_meanwhile_says_so_instead_of_all_picked(desk: Client) -> None:
    gone, left = picked("WEB-G1"), picked("WEB-G2")
    cancel_shipment(gone.number, by=make.boss())
    scan_shipment(left.number, "WEB-G2", by=make.boss(), quantity=Decimal(3))
    ship_scanned(left.number, by=make.boss())
    for one, state in ((gone, "Cancelled"), (left, "Shipped")):
        for code in ("WEB-G1", one.number):
            answer = desk.post(f"/shipments/{one.number}/pick/", {"code": code}, headers={"HX-Request": "true"})
            page = answer.content.decode()
            assert (answer.status_code, "All picked" in page) == (409, False)
            assert state in page and "There is nothing to pick for" in page
            assert f'href="/shipments/{one.number}/"' in page
