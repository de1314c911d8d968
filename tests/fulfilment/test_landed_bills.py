"""Landed costs in foreign currency, and from what suppliers billed: each borne once, and given back."""

from datetime import date
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction

from shundan.billing.actions import register_bill, reverse_bill
from shundan.catalog.actions import save_exchange_rate, set_product_cost
from shundan.catalog.models import Product
from shundan.catalog.queries import NoExchangeRate
from shundan.fulfilment.actions import ChargeInput, post_landed_cost, reverse_landed_cost
from shundan.fulfilment.models import LandedCharge, LandedCost, LandedPart, Receipt
from shundan.fulfilment.queries import get_landed_cost, skus_without_cost
from shundan.kernel.errors import Malformed, NotPermitted, Refused
from shundan.orders.actions import BilledCostExceeded, BilledCostTaken
from shundan.orders.models import BilledShare
from shundan.orders.queries.billed import BilledCostBorne, open_billed_costs
from tests import make
from tests.fulfilment.landed import freight_bill, goods


def rate(currency: str, worth: str) -> None:
    save_exchange_rate(currency=currency, valid_from=date(2026, 1, 1), rate=Decimal(worth), by=make.boss())


@pytest.mark.django_db
def test_a_charge_in_foreign_currency_counts_at_the_rate_of_the_day() -> None:
    receipt = goods("LB-1")
    charge = ChargeInput(kind="freight", amount=Decimal("100.10"), currency="USD")
    with make.refused(NoExchangeRate):
        post_landed_cost([receipt.number], [charge], by=make.boss())
    rate("USD", "7.1234")
    rate("JPY", "0.0481")
    yen = ChargeInput(kind="duty", amount=Decimal(1001), currency="JPY")
    cost = post_landed_cost([receipt.number], [charge, yen], by=make.boss())
    kept = list(cost.charges.order_by("position").values_list("amount", "currency", "foreign_amount", "exchange_rate"))
    assert kept == [
        (Decimal("713.05"), "USD", Decimal("100.10"), Decimal("7.1234")),
        (Decimal("48.15"), "JPY", Decimal(1001), Decimal("0.0481")),
    ]
    parts = LandedPart.objects.filter(charge__landed_cost=cost)
    assert (cost.total, sum(part.amount for part in parts)) == (Decimal("761.20"), Decimal("761.20"))
    for wrong in ({"currency": "usd"}, {"currency": "JPY", "amount": Decimal("0.5")}, {"amount": Decimal(0)}):
        with make.refused(Malformed):
            post_landed_cost([receipt.number], [ChargeInput(**({"kind": "duty"} | wrong))], by=make.boss())  # type: ignore[arg-type]
    # What is less than a cent of ours is no charge.
    with make.refused(Malformed):
        post_landed_cost(
            [receipt.number], [ChargeInput(kind="duty", amount=Decimal("0.00"), currency="USD")], by=make.boss()
        )


@pytest.mark.django_db
def test_what_a_supplier_billed_is_spread_once_and_given_back() -> None:
    receipt, bill = goods("LB-2"), freight_bill("LB-SEA")
    (billed,) = open_billed_costs(by=make.boss())
    assert (billed.bill_number, billed.net) == (bill.number, Decimal("100.00"))
    charge = ChargeInput(kind="freight", billed=billed.pk)
    with make.refused(Malformed):
        post_landed_cost([receipt.number], [charge, charge], by=make.boss())
    cost = post_landed_cost([receipt.number], [charge], by=make.boss())
    assert (cost.total, cost.charges.get().billed_cost, open_billed_costs(by=make.boss())) == (100, billed, [])
    with make.refused(BilledCostTaken):
        post_landed_cost([receipt.number], [charge], by=make.boss())
    assert LandedCost.objects.count() == 1
    # The bill stands as long as the goods bear it.
    with make.refused(BilledCostBorne) as refusal:
        reverse_bill(bill.number, reason="重复", by=make.boss())
    assert cost.number in refusal.value.message
    reverse_landed_cost(cost.number, reason="错", by=make.boss())
    assert open_billed_costs(by=make.boss()) == [billed]
    again = post_landed_cost([receipt.number], [charge], by=make.boss())
    reverse_landed_cost(again.number, reason="错", by=make.boss())
    reverse_bill(bill.number, reason="重复", by=make.boss())
    assert open_billed_costs(by=make.boss()) == []
    with make.refused(BilledCostTaken):
        post_landed_cost([receipt.number], [charge], by=make.boss())


@pytest.mark.django_db
def test_a_foreign_bill_counts_at_its_own_rate() -> None:
    rate("USD", "7")
    receipt, bill = goods("LB-3"), freight_bill("LB-AIR", "113.00", currency="USD")
    save_exchange_rate(currency="USD", valid_from=date(2026, 1, 2), rate=Decimal(8), by=make.boss())
    (billed,) = open_billed_costs(by=make.boss(), bill_number=bill.number)
    post_landed_cost([receipt.number], [ChargeInput(kind="freight", billed=billed.pk)], by=make.boss())
    kept = LandedCharge.objects.get()
    assert (kept.amount, kept.foreign_amount, kept.exchange_rate) == (
        billed.net * bill.exchange_rate,
        billed.net,
        bill.exchange_rate,
    )


@pytest.mark.django_db
def test_goods_are_billed_without_becoming_costs() -> None:
    receipt = goods("LB-4")
    register_bill(receipt.order.number, by=make.boss())
    assert open_billed_costs(by=make.boss()) == []
    with make.refused(NotPermitted):
        open_billed_costs(by=make.actor("warehouse"))


@pytest.mark.django_db
def test_goods_whose_cost_nobody_knows_are_named() -> None:
    receipt = goods("LB-7")
    charge = ChargeInput(kind="freight", amount=Decimal("10.00"))
    bare = post_landed_cost([receipt.number], [charge], by=make.boss())
    assert skus_without_cost(get_landed_cost(bare.number, by=make.boss())) == ["LB-7"]
    set_product_cost("LB-7", Decimal(10), version=Product.objects.get(sku="LB-7").version, by=make.boss())
    known = post_landed_cost([receipt.number], [charge], by=make.boss())
    assert skus_without_cost(get_landed_cost(known.number, by=make.boss())) == []


@pytest.mark.django_db
def test_what_is_billed_is_spread_by_parts() -> None:
    """One bill of freight for two deliveries: each bears its part when it comes."""
    rate("USD", "7.1234")
    first, second = goods("LB-8"), goods("LB-9")
    bill = freight_bill("LB-TWO", "113.00", currency="USD")
    (billed,) = open_billed_costs(by=make.boss())
    assert (billed.net, billed.left) == (Decimal("100.00"), Decimal("100.00"))

    def part(receipt: Receipt, amount: str) -> LandedCost:
        charge = ChargeInput(kind="freight", billed=billed.pk, amount=Decimal(amount))
        return post_landed_cost([receipt.number], [charge], by=make.boss())

    early = part(first, "33.33")
    assert [(one.net, one.left) for one in open_billed_costs(by=make.boss())] == [(100, Decimal("66.67"))]
    with make.refused(BilledCostExceeded) as refusal:
        part(second, "66.68")
    assert "66.67 USD" in refusal.value.message
    assert [one.path for one in refusal.value.details] == ["charges[0].amount"]
    for wrong in ("-1", "0", "0.001"):
        with make.refused(Malformed) as malformed:
            part(second, wrong)
        assert [one.path for one in malformed.value.details] == ["charges[0].amount"]
    # The rest, whatever it is; both parts together are worth the whole to the cent, not a cent more.
    charge = ChargeInput(kind="freight", billed=billed.pk)
    late = post_landed_cost([second.number], [charge], by=make.boss())
    worths = list(LandedCharge.objects.order_by("pk").values_list("foreign_amount", "amount", "exchange_rate"))
    assert worths == [
        (Decimal("33.33"), Decimal("237.42"), Decimal("7.1234")),
        (Decimal("66.67"), Decimal("474.92"), Decimal("7.1234")),
    ]
    assert open_billed_costs(by=make.boss()) == []
    with make.refused(BilledCostBorne) as borne:
        reverse_bill(bill.number, reason="重复", by=make.boss())
    assert f"{early.number}, {late.number}" in borne.value.message
    # What one gives back is open again, and no more.
    reverse_landed_cost(early.number, reason="错", by=make.boss())
    assert [one.left for one in open_billed_costs(by=make.boss())] == [Decimal("33.33")]
    # And taken again it makes the whole again, whatever was rounded in between.
    early = part(first, "33.33")
    assert sum(one.worth for one in BilledShare.objects.all()) == Decimal("712.34")
    reverse_landed_cost(early.number, reason="错", by=make.boss())
    reverse_landed_cost(late.number, reason="错", by=make.boss())
    reverse_bill(bill.number, reason="重复", by=make.boss())


@pytest.mark.django_db
def test_the_database_lets_nobody_bear_more_than_was_billed() -> None:
    freight_bill("LB-DB")
    for change in ("taken = 100.01", "taken = -0.01", "taken = 1, withdrawn_at = now()"):
        with make.refused(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"update orders_billedcost set {change}")


@pytest.mark.django_db(transaction=True)
def test_two_landed_costs_at_once_never_bear_the_same_bill() -> None:
    receipt = goods("LB-6")
    freight_bill("LB-RAIL")
    (billed,) = open_billed_costs(by=make.boss())
    start, told = Barrier(4), []

    def post() -> None:
        try:
            start.wait()
            charge = ChargeInput(kind="freight", billed=billed.pk)
            told.append(post_landed_cost([receipt.number], [charge], by=make.boss()).state)
        except Refused as refusal:
            told.append(refusal.code)
        finally:
            connection.close()

    threads = [Thread(target=post) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["billed_cost_taken"] * 3 + ["posted"]


@pytest.mark.django_db(transaction=True)
def test_parts_taken_at_once_are_together_at_most_the_whole() -> None:
    receipt = goods("LB-R")
    freight_bill("LB-PARTS")
    (billed,) = open_billed_costs(by=make.boss())
    start, told = Barrier(4), []

    def post() -> None:
        try:
            start.wait()
            charge = ChargeInput(kind="freight", billed=billed.pk, amount=Decimal(40))
            told.append(post_landed_cost([receipt.number], [charge], by=make.boss()).state)
        except Refused as refusal:
            told.append(refusal.code)
        finally:
            connection.close()

    threads = [Thread(target=post) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["billed_cost_exceeded"] * 2 + ["posted"] * 2
    billed.refresh_from_db()
    assert billed.left == 20
