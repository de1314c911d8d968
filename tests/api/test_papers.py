"""Shipments, invoices and payments over the API, to the cent."""

import base64
from datetime import timedelta

import pytest
from django.utils import timezone

from tests import make
from tests.api.client import Api, as_person
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(wang: Api, people: Cast, screws: str) -> str:
    """A confirmed order: 7 screws at 9.99 and 2 nuts at 1.00."""
    make.product("NUT", price="1.00", stock=2)
    lines = [{"sku": screws, "quantity": 7}, {"sku": "NUT", "quantity": 2}]
    body = {"customer": people.boyuan.number, "lines": lines, "until": "confirmed"}
    number: str = wang.post("/orders", body).body["number"]
    return number


def test_a_part_is_shipped_by_position_and_sku(sun: Api, order: str) -> None:
    lines = [{"line": "NUT", "quantity": "2"}, {"line": 1, "quantity": 3}]
    answer = sun.post(
        f"/orders/{order}/shipments", {"lines": lines, "carrier": "SF", "tracking_number": "SF7444400000000"}
    )
    assert answer.status == 201
    shipment = answer.body
    assert (shipment["state"], shipment["order"], shipment["carrier"], shipment["tracking_number"]) == (
        "shipped",
        order,
        "SF",
        "SF7444400000000",
    )
    assert [(one["position"], one["sku"], one["quantity"]) for one in shipment["lines"]] == [
        (1, "SCREW", "3"),
        (2, "NUT", "2"),
    ]
    assert sun.get(f"/shipments/{shipment['number']}").body == shipment
    row = sun.get(f"/shipments?search={order}&state=shipped").body["items"]
    assert row == [{key: value for key, value in shipment.items() if key != "lines"}]
    assert sun.get("/stock?sku=SCREW").body["items"][0]["on_hand"] == "97"


def test_a_shipment_is_picked_shipped_and_delivered(sun: Api, order: str) -> None:
    picked = sun.post(f"/orders/{order}/shipments", {"ship": False}).body
    assert (picked["state"], picked["shipped_at"]) == ("picking", None)
    shipped = sun.post(f"/shipments/{picked['number']}/ship", {"tracking_number": "YT2"})
    assert (shipped.status, shipped.body["state"], shipped.body["tracking_number"]) == (200, "shipped", "YT2")
    assert sun.post(f"/shipments/{picked['number']}/deliver").body["state"] == "delivered"
    again = sun.post(f"/shipments/{picked['number']}/ship")
    assert (again.status, again.code) == (409, "wrong_shipment_state")
    assert sun.get(f"/orders/{order}").body["fulfilment"] == "delivered"


def test_a_picked_shipment_is_cancelled(sun: Api, order: str) -> None:
    number = sun.post(f"/orders/{order}/shipments", {"ship": False}).body["number"]
    assert sun.post(f"/shipments/{number}/cancel").body["state"] == "cancelled"
    assert sun.get(f"/orders/{order}").body["lines"][0]["picked"] == "0"


def test_too_much_is_refused_at_its_place_in_the_request(sun: Api, zhao: Api, order: str) -> None:
    lines = [{"line": "NUT", "quantity": 2}, {"line": "SCREW", "quantity": 8}]
    refused = sun.post(f"/orders/{order}/shipments", {"lines": lines})
    assert (refused.status, refused.places) == (409, {"lines[1].quantity": "quantity_not_reserved"})
    wrong = [{"line": 9, "quantity": 1}, {"line": 1, "quantity": -1}]
    assert sun.post(f"/orders/{order}/shipments", {"lines": wrong}).places == {
        "body.lines[0]": "unknown_line",
        "body.lines[1].quantity": "out_of_range",
    }
    twice = [{"line": 1, "quantity": 1}, {"line": "SCREW", "quantity": 1}, {"line": "NO", "quantity": 1}]
    assert sun.post(f"/orders/{order}/shipments", {"lines": twice}).places == {
        "body.lines[1].line": "twice",
        "body.lines[2].line": "unknown_line",
    }
    early = zhao.post(f"/orders/{order}/invoices")
    assert (early.status, early.code) == (409, "nothing_to_invoice")


def test_an_sku_that_stands_twice_must_be_named_by_position(sun: Api, wang: Api, people: Cast, screws: str) -> None:
    lines = [{"sku": screws, "quantity": 1}, {"sku": screws, "quantity": 2}]
    body = {"customer": people.boyuan.number, "lines": lines, "until": "confirmed"}
    number = wang.post("/orders", body).body["number"]
    refused = sun.post(f"/orders/{number}/shipments", {"lines": [{"line": screws, "quantity": 1}]})
    assert refused.places == {"body.lines[0].line": "ambiguous_sku"}
    assert sun.post(f"/orders/{number}/shipments", {"lines": [{"line": 2, "quantity": 2}]}).status == 201


def test_parts_are_invoiced_exactly_and_corrected_by_credit_note(sun: Api, zhao: Api, order: str) -> None:
    sun.post(f"/orders/{order}/shipments")
    first = zhao.post(f"/orders/{order}/invoices", {"lines": [{"line": 1, "quantity": 3}], "tax_title": "博远"})
    assert first.status == 201
    invoice = first.body
    expected = {
        "kind": "normal",
        "order": order,
        "net": "26.52",
        "tax": "3.45",
        "total": "29.97",
        "open_amount": "29.97",
        "tax_title": "博远",
    }
    assert {key: invoice[key] for key in expected} == expected
    assert [(one["sku"], one["quantity"], one["gross"]) for one in invoice["lines"]] == [("SCREW", "3", "29.97")]
    rest = zhao.post(f"/orders/{order}/invoices").body
    assert (rest["total"], rest["net"], rest["tax"]) == ("41.96", "37.13", "4.83")
    assert zhao.get(f"/orders/{order}").body["category"] == "completed"

    assert zhao.post(f"/invoices/{invoice['number']}/credit-note", {"reason": ""}).places == {
        "body.reason": "too_short"
    }
    note = zhao.post(f"/invoices/{invoice['number']}/credit-note", {"reason": "单价有误"})
    assert (note.status, note.body["kind"], note.body["total"], note.body["reason"]) == (
        201,
        "credit",
        "-29.97",
        "单价有误",
    )
    again = zhao.post(f"/invoices/{invoice['number']}/credit-note", {"reason": "again"})
    assert (again.status, again.code) == (409, "invoice_settled")
    assert zhao.get(f"/invoices/{invoice['number']}").body["credited"] == "29.97"
    listed = zhao.get("/invoices?view=credit").body["items"]
    assert [one["number"] for one in listed] == [note.body["number"]]
    assert [one["number"] for one in zhao.get("/invoices?view=open&sort=total").body["items"]] == [rest["number"]]


def test_a_payment_is_allocated_to_what_is_due_first(sun: Api, zhao: Api, people: Cast, order: str) -> None:
    sun.post(f"/orders/{order}/shipments")
    invoice = zhao.post(f"/orders/{order}/invoices").body
    answer = zhao.post(
        "/payments",
        {
            "customer": people.boyuan.number,
            "amount": "100.00",
            "method": "bank_transfer",
            "received_on": "2026-03-01",
            "reference": "BANK-1",
            "account": "6222",
        },
    )
    assert answer.status == 201
    payment = answer.body
    expected = {
        "customer": people.boyuan.number,
        "customer_name": "上海博远科技有限公司",
        "currency": "CNY",
        "amount": "100.00",
        "allocated": "71.93",
        "unallocated": "28.07",
        "method": "bank_transfer",
        "reference": "BANK-1",
        "received_on": "2026-03-01",
        "created_by": "赵敏",
    }
    assert {key: payment[key] for key in expected} == expected
    assert [(one["invoice"], one["order"], one["amount"]) for one in payment["allocations"]] == [
        (invoice["number"], order, "71.93")
    ]
    assert zhao.get(f"/payments/{payment['number']}").body == payment
    assert zhao.get(f"/orders/{order}").body["payment"] == "paid"
    again = zhao.post(
        "/payments",
        {"customer": people.boyuan.number, "amount": "100.00", "method": "cash", "reference": "BANK-1"},
    )
    assert (again.status, again.code) == (409, "payment_already_booked")
    assert len(zhao.get("/payments?view=unallocated").body["items"]) == 1


def test_allocations_are_given_and_taken_back(sun: Api, zhao: Api, people: Cast, order: str) -> None:
    sun.post(f"/orders/{order}/shipments")
    invoice = zhao.post(f"/orders/{order}/invoices").body["number"]
    kept = {"customer": people.boyuan.number, "amount": "50.00", "method": "cash", "allocations": []}
    number = zhao.post("/payments", kept).body["number"]
    path = f"/payments/{number}/allocations"
    assert zhao.get(f"/payments/{number}").body["allocated"] == "0.00"
    assert zhao.post(path, {"allocations": [{"invoice": "INV-9", "amount": "1.00"}]}).places == {
        "body.allocations[0].invoice": "unknown_invoice"
    }
    much = zhao.post(path, {"allocations": [{"invoice": invoice, "amount": "80.00"}]})
    assert (much.status, much.places["allocations[0].amount"]) == (409, "over_allocated")
    twice = [{"invoice": invoice, "amount": "1.00"}] * 2
    assert zhao.post(path, {"allocations": twice}).places == {"body.allocations[1].invoice": "twice"}
    given = zhao.post(path, {"allocations": [{"invoice": invoice, "amount": "20.00"}]})
    assert (given.status, given.body["allocated"]) == (201, "20.00")
    back = zhao.delete(f"{path}/{invoice}")
    assert (back.status, back.body["allocated"]) == (200, "0.00")
    assert [one["amount"] for one in back.body["allocations"]] == ["20.00", "-20.00"]
    assert zhao.delete(f"{path}/{invoice}").status == 404


def test_a_payment_for_an_order_pays_that_order_only(wang: Api, sun: Api, zhao: Api, people: Cast, order: str) -> None:
    sun.post(f"/orders/{order}/shipments")
    zhao.post(f"/orders/{order}/invoices")
    pay = {"customer": people.haichuan.number, "amount": "10.00", "method": "cash", "order": order}
    assert zhao.post("/payments", pay).places == {"body.order": "other_customer"}
    assert zhao.post("/payments", pay | {"order": "SO-2026-999999"}).places == {"body.order": "unknown_order"}
    right = zhao.post("/payments", pay | {"customer": people.boyuan.number}).body
    assert [one["order"] for one in right["allocations"]] == [order]


def test_due_days_follow_the_term(sun: Api, zhao: Api, order: str) -> None:
    sun.post(f"/orders/{order}/shipments")
    invoice = zhao.post(f"/orders/{order}/invoices").body
    issued = timezone.localdate()
    assert invoice["issued_on"] == issued.isoformat()
    assert invoice["due_on"] == (issued + timedelta(days=30)).isoformat()


def test_an_odd_tracking_number_is_asked_back_and_may_be_insisted_on(sun: Api, order: str) -> None:
    given = {"carrier": "sf", "tracking_number": "YT2819014287715"}
    odd = sun.post(f"/orders/{order}/shipments", given)
    assert (odd.status, odd.code) == (409, "tracking_number_unusual")
    assert [one["code"] for one in odd.body["details"]] == ["looks_like_another"]
    wrong = sun.post(f"/orders/{order}/shipments", {"carrier": "ups", "tracking_number": "1Z1", "keep_number": True})
    assert (wrong.status, wrong.code) == (422, "tracking_number_wrong")
    assert sun.get(f"/shipments?search={order}").body["items"] == []
    assert sun.get("/tracking-numbers/YT2819014287715/carriers").body == {"items": ["yto"]}
    made = sun.post(f"/orders/{order}/shipments", given | {"keep_number": True})
    assert (made.status, made.body["tracking_number"]) == (201, "YT2819014287715")


def test_papers_are_pdf_over_the_api(sun: Api, wang: Api, order: str) -> None:
    number = sun.post(f"/orders/{order}/shipments", {"ship": False}).body["number"]
    for paper in ("pick-list", "packing-list", "delivery-note", "label"):
        answer = sun.get(f"/shipments/{number}/papers/{paper}")
        assert (answer.status, answer.body["name"]) == (200, f"{paper}-{number}.pdf")
        assert base64.b64decode(answer.body["content"]).startswith(b"%PDF")
    assert sun.get(f"/shipments/{number}/papers/menu").status == 422
    assert base64.b64decode(wang.get(f"/orders/{order}/paper").body["content"]).startswith(b"%PDF")


def test_what_is_wrong_with_deliveries_is_listed_as_work(sun: Api, people: Cast, order: str) -> None:
    zhou = as_person(people.zhou)
    account = {"code": "fleet", "carrier": "fleet", "name": "自有车队"}
    assert zhou.post("/carrier-accounts", account).status == 201
    shipment = sun.post(f"/orders/{order}/shipments", {}).body["number"]
    waybill = sun.post(f"/shipments/{shipment}/waybills", {"account": "fleet"}).body
    assert (waybill["state"], waybill["errands"]) == ("booked", [])
    sun.post(f"/waybills/{shipment}/scans", {"state": "exception", "text": "外箱破损，客户要求拍照"})
    sun.post(f"/waybills/{shipment}/scans", {"state": "returned", "text": "退回"})
    found = sun.get("/delivery-problems").body["items"]
    assert [(one["kind"], one["waybill"], one["order"]) for one in found] == [
        ("damaged", shipment, order),
        ("returned", shipment, order),
    ]
    done = sun.post(f"/delivery-problems/{found[0]['id']}/resolve", {"answer": "已补发"})
    assert (done.status, done.body["answer"]) == (200, "已补发")
    assert [one["kind"] for one in sun.get("/delivery-problems").body["items"]] == ["returned"]
    label = sun.get(f"/waybills/{shipment}/label")
    assert (label.status, label.code) == (409, "carrier_cannot")
