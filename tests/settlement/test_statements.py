"""Statements of account: whole, without gaps between periods, agreed line by line; and what is owed by age."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.db import DatabaseError, transaction
from django.test import Client

from shundan.billing.actions import deallocate_payment, issue_invoice, refund_payment, register_payment, reverse_payment
from shundan.billing.models import CreditAccount, Invoice
from shundan.kernel.errors import Malformed, NotFound, NotPermitted
from shundan.parties.actions import ContactInput
from shundan.settlement.actions import (
    answer_statement,
    keep_ages,
    make_statement,
    note_statement_answer,
    send_statement,
    void_statement,
    write_off_invoice,
)
from shundan.settlement.actions.statements import (
    CustomerWithoutMail,
    NothingToState,
    StatementAnswered,
    StatementNotLast,
)
from shundan.settlement.models import AccountStatement, AgedAccount, StatementLine
from shundan.settlement.queries import aged_debts, aged_sums, statement_of_token, token_of_statement
from tests import make
from tests.api.client import as_person
from tests.jobs import do_jobs
from tests.web.conftest import Browser
from tests.web.conftest import _plain_static_files as _plain_static_files
from tests.web.conftest import browser_of as browser_of

pytestmark = pytest.mark.django_db
MARCH, APRIL = date(2026, 3, 31), date(2026, 4, 30)
LATER = make.on(make.boss(), days=80)


def lines(one: AccountStatement) -> list[tuple[str, Decimal]]:
    """Return kind and amount of each line."""
    return list(one.lines.order_by("position").values_list("kind", "amount"))


def owed(invoice: Invoice) -> Decimal:
    """Return what a customer owes less the money on the account, as the books have it."""
    account = CreditAccount.objects.get(customer=invoice.customer)
    return account.receivable - account.unallocated


def test_all_that_moves_stands_on_it_and_the_balance_is_that_of_the_books() -> None:
    invoice = make.invoice()
    paid = make.payment(invoice.customer, "700.00")
    wrong = make.payment(invoice.customer, "5.00", allocations={})
    reverse_payment(wrong.number, reason="错", by=make.boss())
    back = make.payment(invoice.customer, "30.00", allocations={})
    refund_payment(back.number, amount=Decimal(10), method="bank_transfer", reason="多付", by=make.boss())
    paper = write_off_invoice(invoice.number, amount=Decimal(3), reason="零头", by=make.boss())
    deallocate_payment(paper.number, invoice=invoice.number, by=make.boss())
    one = make_statement(invoice.customer.number, until=MARCH, by=LATER)
    assert (one.from_on, one.opening, one.closing) == (date(2026, 3, 1), 0, owed(invoice))
    assert sorted(lines(one)) == sorted(
        [
            ("invoice", Decimal(1000)),
            ("payment", -paid.amount),
            ("payment", Decimal(-5)),
            ("reversal", Decimal(5)),
            ("payment", Decimal(-30)),
            ("refund", Decimal(10)),
            ("write_off", Decimal(-3)),
            ("write_off", Decimal(3)),
        ]
    )


def test_the_next_period_begins_where_this_one_ends_and_takes_what_came_late() -> None:
    invoice = make.invoice()
    number = invoice.customer.number
    first = make_statement(number, until=MARCH, from_on=date(2026, 3, 2), by=LATER)
    # Recorded in May for a day of March, and for one before the first statement.
    for day in (date(2026, 3, 20), date(2026, 2, 20)):
        register_payment(
            customer=number,
            amount=Decimal(1),
            method="cash",
            received_on=day,
            by=make.on(LATER, days=1),
            allocations={},
        )
    later = make.on(LATER, days=2)
    second = make_statement(number, until=APRIL, by=later)
    assert (second.from_on, second.opening, second.closing) == (date(2026, 4, 1), first.closing, Decimal(998))
    assert lines(second) == [("payment", Decimal(-1))] * 2
    with make.refused(NothingToState):
        make_statement(number, until=APRIL, by=later)
    with make.refused(StatementNotLast):
        void_statement(first.number, reason="重做", by=later)
    void_statement(second.number, reason="重做", by=later)
    again = make_statement(number, until=APRIL, by=later)
    assert (again.closing, StatementLine.objects.filter(is_void=False).count()) == (Decimal(998), 3)


def test_what_was_before_the_first_period_is_its_opening_balance() -> None:
    invoice = make.invoice()
    one = make_statement(invoice.customer.number, until=APRIL, from_on=date(2026, 4, 1), by=LATER)
    assert (one.opening, one.closing, lines(one)) == (Decimal(1000), Decimal(1000), [])


def test_what_cannot_be_stated() -> None:
    customer = make.customer()
    with make.refused(NothingToState):
        make_statement(customer.number, until=MARCH, by=LATER)
    for until, from_on in ((date(2099, 1, 1), None), (MARCH, APRIL)):
        with make.refused(Malformed):
            make_statement(customer.number, until=until, from_on=from_on, by=LATER)
    with make.refused(NotPermitted):
        make_statement(customer.number, until=MARCH, by=make.actor("rep"))


def test_a_customer_answers_line_by_line_and_confirms_once() -> None:
    invoice = make.invoice()
    make.payment(invoice.customer, "200.00")
    one = make_statement(invoice.customer.number, until=MARCH, by=LATER)
    token = token_of_statement(one)
    for disputes, name in (({9: "x"}, "李雷"), ({1: " "}, "李雷"), ({}, " ")):
        with make.refused(Malformed):
            answer_statement(token, disputes=disputes, name=name, at=LATER.at)
    said = answer_statement(token, disputes={1: "数量不对"}, name="李雷", at=LATER.at)
    assert said.state == "disputed" and "李雷" in said.answered_by_name
    assert list(one.lines.order_by("position").values_list("state", "remark")) == [
        ("disputed", "数量不对"),
        ("confirmed", ""),
    ]
    assert note_statement_answer(one.number, disputes={}, by=make.actor("finance")).state == "confirmed"
    with make.refused(StatementAnswered):
        answer_statement(token, disputes={1: "又错"}, name="李雷", at=LATER.at)
    with make.refused(StatementAnswered):
        void_statement(one.number, reason="重做", by=make.boss())
    with pytest.raises(DatabaseError, match="is confirmed"), transaction.atomic():
        AccountStatement.objects.filter(pk=one.pk).update(state="void")
    for forged in (token[:-1] + ("a" if token[-1] != "a" else "b"), "x", ""):
        with pytest.raises(NotFound):
            statement_of_token(forged)


def test_it_is_mailed_with_its_pdf_and_the_address_to_answer(settings: Any) -> None:
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    bare = make.invoice()
    with make.refused(CustomerWithoutMail):
        send_statement(make_statement(bare.customer.number, until=MARCH, by=LATER).number, by=LATER)
    contacts = (ContactInput(name="韩梅", phone="1", email="han@example.com", is_main=True),)
    customer = make.customer("北京启明有限公司", contacts=contacts)
    make.invoice(make.order(state="shipped", of=customer))
    one = make_statement(customer.number, until=MARCH, by=LATER)
    send_statement(one.number, by=LATER)
    do_jobs()
    letter = mail.outbox[-1]
    assert letter.to == ["han@example.com"]
    assert statement_of_token(letter.body.partition("/statements/answer/")[2].partition("/")[0]) == one
    name, content, _kind = letter.attachments[0]
    assert (name, bytes(content)[:4]) == (f"{one.number}.pdf", b"%PDF")


def test_on_the_pages_and_over_the_api(browser_of: Browser) -> None:
    invoice = make.invoice()
    finance = make.person("finance")
    web, api = browser_of(finance), as_person(finance)
    body = {"customer": invoice.customer.number, "until": "2026-03-31", "idempotency_key": "s-1"}
    assert "Make a statement" in web.get("/statements/new/").content.decode()
    assert web.post("/statements/new/", body | {"until": ""}).status_code == 422
    made = web.post("/statements/new/", body)
    assert made.status_code == 303
    one = AccountStatement.objects.get()
    shown = web.get(made["Location"]).content.decode()
    assert invoice.number in shown and "¥1,000.00" in shown and one.number in web.get("/statements/").content.decode()
    assert web.get(f"/statements/{one.number}/pdf/").content[:4] == b"%PDF"
    answer = api.get(f"/account-statements/{one.number}").body
    assert (answer["closing"], answer["lines"][0]["number"]) == ("1000.00", invoice.number)

    path = "/statements" + answer["answer_url"].partition("/statements")[2]
    guest = Client()
    assert invoice.number in guest.get(path).content.decode()
    refused = guest.post(path, {"wrong-1": "1", "remark-1": "", "name": "李雷"})
    assert refused.status_code == 422
    assert guest.post(path, {"wrong-1": "1", "remark-1": "价格", "name": "李雷"}).status_code == 303
    assert "价格" in web.get(made["Location"]).content.decode()
    voided = web.post(f"/statements/{one.number}/void/", {"reason": "重做", "idempotency_key": "s-2"})
    assert voided.status_code == 303
    assert guest.get(path).status_code == 404
    again = api.post("/account-statements", {"customer": invoice.customer.number, "until": "2026-03-31"})
    assert (again.status, again.body["closing"]) == (201, "1000.00")

    number = again.body["number"]
    assert web.post(f"/statements/{number}/note/", {"idempotency_key": "s-3"}).status_code == 303
    assert api.get("/account-statements?view=confirmed").body["items"][0]["number"] == number
    late = api.post(f"/account-statements/{number}/answer", {"disputes": [{"position": 1, "remark": "x"}]})
    assert late.code == "statement_answered"
    gone = web.post(f"/statements/{number}/void/", {"reason": "重做", "idempotency_key": "s-4"})
    assert gone.status_code == 409 and "void/" not in web.get(f"/statements/{number}/").content.decode()
    assert api.post(f"/account-statements/{number}/void", {"reason": "重做"}).code == "statement_answered"


def test_debts_are_added_up_by_age_in_few_queries(django_assert_num_queries: Any, browser_of: Browser) -> None:
    first, today = make.customer("甲公司"), make.on(make.boss(), days=121)
    # Customers have thirty days to pay.
    for days in (0, 30, 31, 90, 91):
        order = make.order(state="shipped", of=first)
        issue_invoice(order.number, by=make.on(today, days=-days - 30))
    make.payment(first, "40.00", allocations={})
    issue_invoice(make.order(state="shipped", of=make.customer("乙公司")).number, by=today)
    paid = make.invoice()
    make.payment(paid.customer, "1000.00")
    with django_assert_num_queries(2):
        found, count = aged_debts(by=today)
    assert count == 2 and [one.name for one in found] == ["甲公司", "乙公司"]
    one = found[0]
    assert [one.not_due, one.days_30, one.days_60, one.days_90, one.older] == [1000, 1000, 1000, 1000, 1000]
    assert (one.total, one.late, one.on_account) == (5000, 4000, 40)
    assert [(each.total, each.late) for each in aged_sums(by=today)] == [(6000, 4000)]
    assert [each.name for each in aged_debts(by=today, only_late=True)[0]] == ["甲公司"]
    assert aged_debts(by=today, page=2, size=1)[0][0].name == "乙公司"
    finance = make.person("finance")
    web, api = browser_of(finance), as_person(finance)
    page = web.get("/receivables/?q=甲").content.decode()
    assert "甲公司" in page and "乙公司" not in page
    assert {one["customer_name"] for one in api.get("/receivables").body["items"]} == {"甲公司", "乙公司"}
    assert "甲公司" in b"".join(web.get("/receivables/export/?format=csv")).decode("utf-8-sig")  # type: ignore[call-overload]


def test_ages_that_are_kept_hold_until_money_moves_or_the_day_ends() -> None:
    first, boss = make.customer("甲公司"), make.boss()
    order = make.order(state="shipped", of=first)
    issue_invoice(order.number, by=make.on(boss, days=-31))

    def owed(by: Any) -> list[tuple[Decimal, Decimal, Decimal]]:
        return [(one.not_due, one.days_30, one.total) for one in aged_debts(by=by)[0]]

    assert keep_ages(by=boss) >= 1
    assert keep_ages(by=boss) == 0
    # What is kept is what is read: otherwise nothing here would be proven.
    AgedAccount.objects.filter(customer=first).update(days_30=7)
    assert owed(boss) == [(0, 7, 7)]
    AgedAccount.objects.filter(customer=first).update(days_30=1000)
    assert owed(make.on(boss, days=-1)) == [(1000, 0, 1000)]
    make.payment(first, "40.00")
    assert owed(boss) == [(0, 960, 960)]
    assert keep_ages(by=boss) == 1
    assert owed(boss) == [(0, 960, 960)]
    # Who sees some orders only is told of these alone, whatever is kept.
    assert owed(make.person("rep")) == []
