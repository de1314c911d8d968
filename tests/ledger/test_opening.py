"""Opening balances: balanced or refused, once, by customer and supplier, taken back while the first month is open."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from shundan.billing.actions import refund_payment
from shundan.inventory.actions import receive_stock
from shundan.kernel.errors import Malformed, NotFound, NotPermitted
from shundan.ledger.actions import (
    OpeningLine,
    close_period,
    enter_opening_balances,
    hand_over_journals,
    post_missing_journals,
    take_opening_balances_back,
)
from shundan.ledger.actions.hand_over import NothingToHandOver
from shundan.ledger.actions.opening import BeforeOpening, BooksBeforeOpening, OpeningEntered, OpeningUnbalanced
from shundan.ledger.actions.periods import PeriodClosed
from shundan.ledger.models import Journal, JournalLine, OpeningBalances
from shundan.ledger.queries import trial_balance
from shundan.ledger.queries.proof import ledger_differences
from shundan.ledger.rules.opening import rows_of_file
from shundan.parties.actions import SupplierInput, create_supplier
from tests import make
from tests.api.client import Api, token_of

pytestmark = pytest.mark.django_db
D = Decimal
MARCH = date(2026, 3, 1)
APRIL = make.on(make.boss(), days=31)


@pytest.fixture
def lines() -> list[OpeningLine]:
    """Return 50,000.00 on both sides, with a customer, one who owes dollars, and a supplier."""
    make.shipped()
    customer, abroad = make.customer().number, make.customer().number
    supplier = create_supplier(SupplierInput(name="无锡泵业有限公司"), by=make.boss()).number
    return [
        OpeningLine(account="1002", debit=D("30000.00")),
        OpeningLine(account="1122", debit=D("12900.00"), customer=customer),
        OpeningLine(account="1122", debit=D("7100.00"), customer=abroad, currency="USD", amount=D("1000.00")),
        OpeningLine(account="2202", credit=D("8000.00"), supplier=supplier),
        OpeningLine(account="4001", credit=D("42000.00")),
    ]


def test_they_are_booked_on_the_day_before_and_never_handed_over(lines: list[OpeningLine]) -> None:
    made = enter_opening_balances(date(2026, 3, 15), lines, by=make.actor("finance"))
    journal = Journal.objects.get(source_kind="opening", source_id=made.pk)
    assert (made.starts_on, made.total, journal.booked_on, journal.total) == (MARCH, 50000, date(2026, 2, 28), 50000)
    rows = {one.account.code: one for one in trial_balance(MARCH, MARCH, by=make.boss())}
    assert {code: one.opening for code, one in rows.items()} == {
        "1002": 30000,
        "1122": 20000,
        "2202": 8000,
        "4001": 42000,
    }
    assert all((one.debit, one.credit) == (0, 0) for one in rows.values())
    foreign = JournalLine.objects.get(currency="USD")
    assert (foreign.debit, foreign.document_amount, foreign.customer_id is not None) == (7100, 1000, True)
    assert ledger_differences() == []
    with make.refused(NothingToHandOver):
        hand_over_journals(form="csv", until_on=date(2026, 3, 31), by=make.boss())


def test_what_does_not_balance_or_has_no_detail_is_refused_and_nothing_is_kept(lines: list[OpeningLine]) -> None:
    with make.refused(OpeningUnbalanced) as caught:
        enter_opening_balances(MARCH, lines[:-1], by=make.boss())
    assert caught.value.facts == {"debit": "50,000.00", "credit": "8,000.00", "difference": "42,000.00"}
    wrong: dict[str, OpeningLine] = {
        "account": OpeningLine(account="9999", debit=D(1)),
        "customer": OpeningLine(account="1122", debit=D(1)),
        "supplier": OpeningLine(account="2202", debit=D(1), supplier="S-unknown"),
        "debit": OpeningLine(account="1002", debit=D(1), credit=D(1)),
        "amount": OpeningLine(account="1002", debit=D(7), currency="USD"),
        "currency": OpeningLine(account="1002", debit=D(7), currency="usd", amount=D(1)),
    }
    for column, line in wrong.items():
        with make.refused(Malformed) as refused:
            enter_opening_balances(MARCH, [line], by=make.boss())
        assert [one.path for one in refused.value.details] == [f"lines[0].{column}"]
    with make.refused(Malformed):
        enter_opening_balances(
            MARCH, [OpeningLine(account="1002", debit=D(1), customer=lines[1].customer)], by=make.boss()
        )
    for role in ("rep", "executive", "auditor", "warehouse"):
        with make.refused(NotPermitted):
            enter_opening_balances(MARCH, lines, by=make.actor(role))
    assert not OpeningBalances.objects.exists() and not Journal.objects.exists()


def test_once_and_not_after_journals_of_an_earlier_month(lines: list[OpeningLine]) -> None:
    make.invoice()
    while post_missing_journals(at=make.AT):
        pass
    with make.refused(BooksBeforeOpening) as caught:
        enter_opening_balances(date(2026, 4, 1), lines, by=make.boss())
    assert caught.value.facts == {"first": "2026-03-02"}
    enter_opening_balances(MARCH, lines, by=make.boss())
    with make.refused(OpeningEntered):
        enter_opening_balances(MARCH, lines, by=make.boss())
    assert OpeningBalances.objects.count() == 1


def test_nothing_is_posted_before_the_first_period(lines: list[OpeningLine]) -> None:
    customer = make.customer()
    loose = make.payment(customer, "10.00", is_automatic=False)
    enter_opening_balances(MARCH, lines, by=make.boss())
    feb = date(2026, 2, 27)
    for attempt in (
        lambda: make.payment(customer, "5.00", received_on=feb),
        lambda: refund_payment(loose.number, amount=D(1), method="cash", reason="x", refunded_on=feb, by=make.boss()),
        lambda: receive_stock(
            product_id=make.product().pk,
            warehouse_id=make.main_warehouse().pk,
            quantity=D(1),
            reason="purchase",
            by=make.on(make.boss(), days=-5),
        ),
    ):
        with make.refused(BeforeOpening, "before_opening_balances") as caught:
            attempt()
        assert "2026-03-01" in caught.value.message
    assert make.payment(customer, "5.00", received_on=MARCH).received_on == MARCH
    take_opening_balances_back(reason="录错", by=make.boss())
    assert make.payment(customer, "5.00", received_on=feb).received_on == feb
    # What has no journal yet counts as well.
    assert not Journal.objects.filter(source_kind="payment").exists()
    with make.refused(BooksBeforeOpening) as refused:
        enter_opening_balances(MARCH, lines, by=make.boss())
    assert refused.value.facts == {"first": "2026-02-27"}


def test_taken_back_in_red_while_the_first_month_is_open(lines: list[OpeningLine]) -> None:
    make.shipped()
    with make.refused(NotFound):
        take_opening_balances_back(reason="录错", by=make.boss())
    enter_opening_balances(MARCH, lines, by=make.boss())
    with make.refused(Malformed):
        take_opening_balances_back(reason=" ", by=make.boss())
    gone = take_opening_balances_back(reason="录错", by=make.actor("finance"))
    red = Journal.objects.get(source_kind="opening_reversal", source_id=gone.pk)
    assert (gone.state, red.total, red.booked_on) == ("reversed", -50000, date(2026, 2, 28))
    assert all(one.opening == one.closing == 0 for one in trial_balance(MARCH, MARCH, by=make.boss()))

    held = enter_opening_balances(MARCH, lines, by=make.boss())
    close_period(MARCH, by=APRIL)
    with make.refused(PeriodClosed):
        take_opening_balances_back(reason="晚了", by=APRIL)
    held.refresh_from_db()
    assert held.state == "posted"

    def change() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("update ledger_openingbalances set total = 1")

    with pytest.raises(DatabaseError, match="final"):
        change()


def test_over_the_api(lines: list[OpeningLine]) -> None:
    clerk = Api(token_of(make.person("finance")))
    sent = [{name: str(value) for name, value in _said(line).items()} for line in lines]
    short = clerk.call("POST", "/opening-balances", {"period": "2026-03", "lines": sent[:1]}, key="o-1")
    assert (short.status, short.code) == (409, "opening_unbalanced")
    made = clerk.call("POST", "/opening-balances", {"period": "2026-03", "lines": sent}, key="o-2")
    again = clerk.call("POST", "/opening-balances", {"period": "2026-03", "lines": sent}, key="o-2")
    assert (made.status, made.body["total"], made.body["state"]) == (201, "50000.00", "posted")
    assert again.body == made.body
    assert [line["currency"] for line in made.body["journal"]["lines"]] == ["CNY", "CNY", "USD", "CNY", "CNY"]
    gone = clerk.post("/opening-balances/take-back", {"reason": "重录"})
    assert (gone.status, gone.body["state"], gone.body["reason"]) == (200, "reversed", "重录")
    assert [one["state"] for one in clerk.get("/opening-balances").body["items"]] == ["reversed"]


def test_files_have_headings_of_both_languages_and_any_separator() -> None:
    text = "科目编码;客户编号;借方余额;贷方余额\r\n1002;;100.00;\n\n1122;C1;;100"
    rows, missing = rows_of_file(text)
    assert missing == []
    assert rows == [
        {"account": "1002", "customer": "", "debit": "100.00", "credit": ""},
        {"account": "1122", "customer": "C1", "debit": "", "credit": "100"},
    ]
    assert rows_of_file("Account,Debit\n1,2") == ([], ["credit"])


def _said(line: OpeningLine) -> dict[str, Any]:
    names = ("account", "debit", "credit", "customer", "supplier", "currency", "amount")
    return {name: value for name in names if (value := getattr(line, name)) not in ("", None)}
