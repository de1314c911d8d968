"""What happens at the same moment: no oversale, no deadlock, nothing twice, no refusal that is a crash."""

import random
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from unittest.mock import patch

import pytest
from django.db import connection, transaction

from shundan.accounts.actions import sign_in
from shundan.accounts.models import SignInFailure
from shundan.billing.actions import credit_invoice, deallocate_payment, issue_invoice, register_payment
from shundan.billing.models import Allocation, Invoice, Payment
from shundan.catalog.actions import save_exchange_rate
from shundan.fulfilment.actions import cancel_shipment, plan_shipment, ship_order, ship_shipment
from shundan.fulfilment.models import Shipment
from shundan.kernel.errors import Refused, VersionConflict
from shundan.kernel.idempotency import answer_once
from shundan.kernel.numbering import next_gapless_number
from shundan.orders.actions import LineInput, OrderInput, create_order, move_order, place_order, save_draft
from shundan.orders.models import Order
from tests import make
from tests.api.client import Api, Reply, token_of
from tests.faults.crowd import codes, crowd, deadlocks

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]
REASON = {"reason": "test"}


def one_line(customer: str, sku: str, quantity: int = 1, **more: object) -> OrderInput:
    """An order of one line."""
    return OrderInput(customer=customer, lines=(LineInput(sku=sku, quantity=Decimal(quantity)),), **more)


def test_eight_clients_confirm_exactly_the_500_units_there_are() -> None:
    hot = make.product(stock=500)
    buyers = [make.customer(f"客户 {i}").number for i in range(8)]

    def buy(i: int) -> Counter[str]:
        outcomes: Counter[str] = Counter()
        while outcomes["out_of_stock"] < 3:
            try:
                placed = place_order(one_line(buyers[i], hot.sku), by=make.boss())
                outcomes[placed.state] += 1
            except Refused as refusal:
                outcomes[refusal.code] += 1
        return outcomes

    found = crowd(8, buy)
    assert sum((one for one in found if isinstance(one, Counter)), Counter()) == {"confirmed": 500, "out_of_stock": 24}
    assert Order.objects.filter(state="confirmed").count() == Order.objects.count() == 500
    assert make.stock_of(hot) == (Decimal(500), Decimal(500))


def test_2000_orders_of_five_lines_with_cancels_shipments_invoices_and_payments_never_deadlock() -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    goods = [make.product(stock=20_000).sku for _ in range(30)]
    # Few customers, with limits: their credit accounts are as hot as the stock.
    buyers = [make.customer(f"客户 {i}", limit="900000000.00").number for i in range(3)]
    before = deadlocks()

    def trade(i: int) -> Counter[str]:
        dice = random.Random(seed * 8 + i)
        outcomes: Counter[str] = Counter()
        mine: list[str] = []
        for _ in range(250):
            lines = tuple(LineInput(sku=sku, quantity=Decimal(dice.randint(1, 3))) for sku in dice.sample(goods, 5))
            customer = dice.choice(buyers)
            mine.append(place_order(OrderInput(customer=customer, lines=lines), by=make.boss()).number)
            outcomes["placed"] += 1
            deed = dice.random()
            if deed < 0.25:
                move_order(mine.pop(dice.randrange(len(mine))), "cancel", by=make.boss(), inputs=REASON)
                outcomes["cancelled"] += 1
            elif deed < 0.40:
                number = mine.pop(dice.randrange(len(mine)))
                ship_order(number, by=make.boss())
                invoice = issue_invoice(number, by=make.boss())
                outcomes["invoiced"] += 1
                if deed < 0.33:
                    register_payment(customer=customer, amount=invoice.total, method="cash", by=make.boss())
                    outcomes["paid"] += 1
            elif deed < 0.45:
                move_order(mine[-1], "unconfirm", by=make.boss())
                move_order(mine[-1], "confirm", by=make.boss())
                outcomes["again"] += 1
            elif deed < 0.50:
                move_order(mine.pop(), "close", by=make.boss(), inputs=REASON)
                outcomes["closed"] += 1
        return outcomes

    found = crowd(8, trade)
    totals: Counter[str] = sum((one for one in found if isinstance(one, Counter)), Counter())
    assert totals["placed"] == 2000, [one for one in found if isinstance(one, Refused)]
    assert min(totals[deed] for deed in ("cancelled", "invoiced", "paid", "again", "closed")) > 50
    assert deadlocks() - before == 0


def test_the_same_key_50_times_at_once_is_one_order_with_one_answer() -> None:
    customer, goods = make.customer().number, make.product(stock=100)
    by = replace(make.boss(), id=make.user("rep").pk)
    body = {"customer": customer, "lines": [{"sku": goods.sku, "quantity": "1"}]}

    def work() -> tuple[int, object]:
        return 201, {"number": place_order(one_line(customer, goods.sku), by=by).number}

    answers = crowd(50, lambda i: answer_once(by=by, endpoint="POST /orders", key="k-1", payload=body, work=work))
    assert {str(answer) for answer in answers} == {str((201, {"number": Order.objects.get().number}))}
    assert make.stock_of(goods) == (Decimal(100), Decimal(1))


def test_gapless_numbers_stay_gapless_when_some_roll_back() -> None:
    day = date(2026, 3, 2)

    def draw(i: int) -> list[str]:
        drawn = []
        for round_ in range(10):
            try:
                with transaction.atomic():
                    number = next_gapless_number("test", prefix="T", on=day)
                    if (i + round_) % 3 == 0:
                        raise KeyError
                drawn.append(number)
            except KeyError:
                pass
        return drawn

    drawn = sorted(number for numbers in crowd(8, draw) for number in numbers)  # type: ignore[attr-defined]
    assert drawn == [f"T-2026-{n:06d}" for n in range(1, len(drawn) + 1)]
    assert len(drawn) == 53


def test_of_two_orders_that_fit_the_credit_limit_alone_one_is_confirmed() -> None:
    customer, goods = make.customer(limit="1500.00"), make.product(price="1000.00", stock=10)
    numbers = [create_order(one_line(customer.number, goods.sku), by=make.boss()).number for _ in range(2)]
    for number in numbers:
        move_order(number, "submit", by=make.boss())
    assert codes(crowd(2, lambda i: move_order(numbers[i], "confirm", by=make.boss()))) == ["credit_exceeded", "ok"]
    assert make.credit(customer) == (Decimal("1000.00"), Decimal(0), Decimal(0))
    assert make.stock_of(goods) == (Decimal(10), Decimal(1))


def test_the_limit_holds_over_currencies_from_the_very_first_order() -> None:
    # No account exists yet, and each order opens one in another currency: the customer's row is the lock.
    save_exchange_rate(currency="USD", valid_from=date(2026, 1, 1), rate=Decimal("7.00"), by=make.boss())
    before = deadlocks()
    for _round in range(5):
        customer, goods = make.customer(limit="1500.00"), make.product(price="1000.00", stock=10)
        lines = (LineInput(sku=goods.sku, quantity=Decimal(1), unit_price=Decimal("150.00")),)
        given = [
            one_line(customer.number, goods.sku),
            OrderInput(customer=customer.number, lines=lines, currency="USD"),
        ]
        outcomes = crowd(2, lambda i, given=given: place_order(given[i], by=make.boss()))
        assert sorted(one.state for one in outcomes) == ["confirmed", "submitted"]  # type: ignore[attr-defined]
    assert deadlocks() == before


def test_an_order_moves_once_whoever_asks_at_the_same_time() -> None:
    order = make.order(state="approved")
    outcomes = crowd(8, lambda i: move_order(order.number, "confirm", by=make.boss()))
    assert codes(outcomes) == ["no_such_transition"] * 7 + ["ok"]
    assert make.credit(order.customer) == (Decimal("1000.00"), Decimal(0), Decimal(0))


def test_approval_and_withdrawal_at_the_same_time_are_one_of_both() -> None:
    order = make.order(state="submitted", quantity=600)
    deeds = ["approve", "withdraw", "approve", "reject"]
    outcomes = crowd(4, lambda i: move_order(order.number, deeds[i], by=make.boss(), inputs=REASON))
    assert codes(outcomes) == ["no_such_transition"] * 3 + ["ok"]


def test_a_shipment_leaves_once_and_only_if_it_was_not_cancelled() -> None:
    order = make.order(state="confirmed")
    shipment = plan_shipment(order.number, by=make.boss())
    deeds = [ship_shipment, cancel_shipment] * 4
    outcomes = crowd(8, lambda i: deeds[i](shipment.number, by=make.boss()))
    assert codes(outcomes) == ["ok"] + ["wrong_shipment_state"] * 7
    on_hand, reserved = make.stock_of(order.lines.get().product)
    gone = Shipment.objects.get().state == "shipped"
    assert (on_hand, reserved) == ((Decimal(0), Decimal(0)) if gone else (Decimal(10), Decimal(10)))


def test_goods_are_picked_and_billed_once() -> None:
    order = make.order(state="confirmed")
    assert codes(crowd(6, lambda i: plan_shipment(order.number, by=make.boss()))) == ["nothing_to_ship"] * 5 + ["ok"]
    ship_shipment(Shipment.objects.get().number, by=make.boss())
    assert codes(crowd(6, lambda i: issue_invoice(order.number, by=make.boss()))) == ["nothing_to_invoice"] * 5 + ["ok"]
    assert Invoice.objects.get().total == Decimal("1000.00")
    number = Invoice.objects.get().number
    outcomes = crowd(6, lambda i: credit_invoice(number, reason="test", by=make.boss()))
    assert codes(outcomes) == ["invoice_settled"] * 5 + ["ok"]
    assert make.credit(order.customer) == (Decimal("1000.00"), Decimal(0), Decimal(0))


def test_payments_at_the_same_time_fill_the_invoices_and_never_one_too_much() -> None:
    customer = make.customer()
    for _ in range(3):
        make.order(state="invoiced", of=customer)
    before = deadlocks()
    pay = lambda i: make.payment(customer, "700.00")  # noqa: E731
    assert codes(crowd(6, pay)) == ["ok"] * 6
    assert [one.open_amount for one in Invoice.objects.order_by("id")] == [Decimal("0.00")] * 3
    assert make.credit(customer) == (Decimal(0), Decimal(0), Decimal("1200.00"))
    assert deadlocks() == before


def test_a_reference_is_booked_once_and_the_others_are_told() -> None:
    customer = make.customer()
    outcomes = crowd(6, lambda i: make.payment(customer, "10.00", provider="icbc", reference="R-1"))
    assert codes(outcomes) == ["ok"] + ["payment_already_booked"] * 5
    assert Payment.objects.get().amount == Decimal("10.00")


def test_an_allocation_is_taken_back_once() -> None:
    order = make.order(state="invoiced")
    number = Invoice.objects.get().number
    mine = make.payment(order.customer, "400.00")
    make.payment(order.customer, "400.00")
    outcomes = crowd(4, lambda i: deallocate_payment(mine.number, invoice=number, by=make.boss()))
    assert codes(outcomes) == ["not_found"] * 3 + ["ok"]
    assert sorted(Allocation.objects.values_list("amount", flat=True)) == [-400, 400, 400]
    assert make.credit(order.customer) == (Decimal(0), Decimal("600.00"), Decimal("400.00"))


def test_of_two_who_edit_the_same_draft_one_is_told_both_values() -> None:
    order = make.order(state="draft")
    sku = order.lines.get().sku
    wants = [one_line(order.customer.number, sku, quantity) for quantity in (3, 4)]
    outcomes = crowd(2, lambda i: save_draft(order.number, wants[i], version=1, by=make.boss()))
    assert codes(outcomes) == ["ok", "version_conflict"]
    refusal = next(one for one in outcomes if isinstance(one, VersionConflict))
    kept = make.fresh(order.number).lines.get().quantity
    detail = next(one for one in refusal.details if one.path == "lines[0].quantity")
    assert {detail.yours, detail.theirs} == {"3", "4"}
    assert detail.theirs == f"{kept:.0f}"


def test_a_record_that_somebody_else_makes_at_the_same_moment_is_refused_not_a_crash() -> None:
    make.shipped()
    assert codes(crowd(4, lambda i: make.user("rep", email="same@example.com"))) == ["invalid_input"] * 3 + ["ok"]
    assert codes(crowd(4, lambda i: make.product("SAME-1"))) == ["invalid_input"] * 3 + ["ok"]


def test_a_sku_is_added_once_by_20_over_the_api_and_the_others_are_told_the_place() -> None:
    make.shipped()
    token = token_of(make.person("sales_manager"))
    body = {"sku": "SAME-2", "name_zh": "螺栓", "prices": [{"amount": "1.00"}]}
    keys = [None if i % 2 else f"k-{i}" for i in range(20)]
    answers = crowd(20, lambda i: Api(token).call("POST", "/products", body, key=keys[i]))
    replies = [one for one in answers if isinstance(one, Reply)]
    assert sorted(one.status for one in replies) == [201] + [422] * 19
    assert all(one.places == {"body.sku": "taken"} for one in replies if one.status == 422)
    names = crowd(20, lambda i: Api(token).call("POST", "/customers", {"name": f"客户 {i}"}, key=keys[i]))
    assert len({one.body["number"] for one in names if isinstance(one, Reply) and one.status == 201}) == 20


def test_a_customer_number_that_is_taken_is_refused_at_its_place() -> None:
    taken = make.customer().number
    before = make.everything()
    with patch("shundan.parties.actions.customers.next_number", return_value=taken):
        outcomes = crowd(6, lambda i: make.customer(f"客户 {i}"))
        token = token_of(make.person("sales_manager"))
        answer = Api(token).post("/customers", {"name": "客户"}, key="k-1")
    assert codes(outcomes) == ["taken"] * 6
    assert (answer.status, answer.code, answer.places) == (409, "taken", {"number": "taken"})
    assert {name for name, mark in make.everything().items() if before[name] != mark} <= {
        "accounts_user",
        "accounts_apitoken",
        "kernel_event",
    }


def test_20_wrong_passwords_at_the_same_moment_are_5_guesses() -> None:
    make.user("rep", email="wang@example.com")

    def guess(i: int) -> object:
        return sign_in(email="Wang@example.com", password=f"wrong {i}", address="192.0.2.1", at=make.AT)

    assert codes(crowd(20, guess)) == ["sign_in_locked"] * 15 + ["sign_in_refused"] * 5
    assert SignInFailure.objects.count() == 5
    right = crowd(8, lambda i: sign_in(email="wang@example.com", password=make.PASSWORD, address="::1", at=make.AT))
    assert set(codes(right)) <= {"ok", "sign_in_locked"} and "ok" in codes(right)


def test_receipts_at_the_same_time_keep_the_ledgers_chain() -> None:
    goods = make.product()
    assert codes(crowd(8, lambda i: [make.receive(goods, 1) for _ in range(5)])) == ["ok"] * 8
    assert make.stock_of(goods) == (Decimal(40), Decimal(0))
    with connection.cursor() as cursor:
        cursor.execute("select array_agg(balance order by id) from inventory_stockmove")
        assert [int(one) for one in cursor.fetchone()[0]] == list(range(1, 41))
