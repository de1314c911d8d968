"""Orders that fight for the last of a limit, and a raise that ends while one is confirmed: never above what holds."""

from decimal import Decimal

import pytest

from shundan.billing.actions import end_credit_raise, raise_credit_limit
from shundan.billing.models import CreditRaise
from shundan.billing.queries import credit_of
from shundan.orders.actions import LineInput, OrderInput, create_order, move_order, place_order
from shundan.parties.actions import set_credit_limit
from tests import make
from tests.faults.crowd import crowd, deadlocks

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]


def fates(found: list[object]) -> list[str]:
    """Return the state of each order, or the code that refused it."""
    return [str(getattr(one, "state", None) or getattr(one, "code", "")) for one in found]


def test_two_orders_fight_for_the_last_of_the_limit_and_a_raise_ends_meanwhile() -> None:
    buyer, boss = make.customer(), make.boss()
    press = make.product(price="1000.00", stock=500)
    set_credit_limit(buyer.number, limit=Decimal(5000), by=boss)
    given = OrderInput(customer=buyer.number, lines=(LineInput(sku=press.sku, quantity=Decimal(1)),))
    before = deadlocks()
    waiting = [create_order(given, by=boss).number for _i in range(4)]
    for number in waiting:
        move_order(number, "submit", by=boss)

    def confirm(i: int) -> object:
        return move_order(waiting[i // 2], "confirm", by=boss) if i % 2 else place_order(given, by=boss)

    # Those that came too late are refused, or kept and wait for finance where they were placed at once.
    found = fates(crowd(8, confirm))
    assert found.count("confirmed") == 5 and set(found) <= {"confirmed", "credit_exceeded", "submitted"}
    assert make.credit(buyer) == (Decimal(5000), 0, 0)

    more = raise_credit_limit(buyer.number, amount=Decimal(3000), until_on=boss.today, reason="旺季", by=boss)

    def fight(i: int) -> object:
        if i == 3:
            return end_credit_raise(buyer.number, more.pk, reason="还清", by=boss)
        return place_order(given, by=boss)

    found = crowd(7, fight)
    assert CreditRaise.objects.get().ended_at is not None
    # Whoever came before the end took from the raise, nobody afterwards.
    taken = fates(found).count("confirmed")
    buyer.refresh_from_db()
    assert 0 <= taken <= 3 and credit_of(buyer, by=boss).exposure == 5000 + 1000 * taken
    assert fates(crowd(2, lambda _i: place_order(given, by=boss))) == ["submitted"] * 2
    assert deadlocks() == before
