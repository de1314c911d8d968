"""Every posting becomes one balanced journal, once, with its accounts, dimensions and the currency of its document."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from shundan.billing.actions import (
    allocate_payment,
    credit_invoice,
    deallocate_payment,
    pay_bill,
    refund_payment,
    register_bill,
    reverse_bill,
    reverse_payment,
)
from shundan.billing.models import Invoice
from shundan.catalog.actions import PriceInput, RateInput, save_exchange_rates, set_product_cost
from shundan.fulfilment.actions import receive_goods, reverse_receipt, ship_order
from shundan.fulfilment.models import Receipt
from shundan.inventory.actions import receive_stock, scrap_stock
from shundan.inventory.models import StockPosition
from shundan.kernel.errors import NotFound, NotPermitted
from shundan.ledger.actions import RuleInput, post_missing_journals, save_posting_rule
from shundan.ledger.actions.posting import post_journals_of
from shundan.ledger.models import AccountingPeriod, Journal, JournalLine
from shundan.ledger.queries import get_journal, journals_of_document, list_journals, trial_balance
from shundan.ledger.queries.goods import first_moves
from shundan.ledger.queries.proof import ledger_differences
from shundan.ledger.queries.sources import unposted, unposted_count
from shundan.orders.actions import LineInput, OrderInput, place_order
from shundan.orders.models import Order
from shundan.parties.actions import SupplierInput, create_supplier
from shundan.settlement.actions import write_off_invoice, write_off_rest
from tests import make
from tests.jobs import do_jobs

pytestmark = pytest.mark.django_db
D = Decimal


def entries(kind: str) -> list[tuple[str, Decimal, Decimal]]:
    """Return (account, debit, credit) of all journals of a kind, in their order."""
    rows = JournalLine.objects.filter(journal__source_kind=kind).order_by("journal_id", "position")
    return list(rows.values_list("account__code", "debit", "credit"))


def bought(quantity: int = 10, price: str = "5", **more: object) -> Order:
    supplier = create_supplier(SupplierInput(name="无锡泵业有限公司"), by=make.boss())
    line = LineInput(sku=make.product().sku, quantity=D(quantity), unit_price=D(price))
    return place_order(OrderInput(type="purchase", supplier=supplier.number, lines=(line,), **more), by=make.boss())


def cost(order: Order, amount: str) -> None:
    """Say what a unit of an order's product costs."""
    product = order.lines.get().product
    set_product_cost(product.sku, D(amount), version=product.version, by=make.boss())


def settled() -> None:
    """Do the jobs and what the night does; nothing is left without a journal, and journals and books agree."""
    do_jobs()
    assert set(unposted("goods").values_list("source_id", flat=True)) <= {None}, "only stock entered by hand waits"
    while post_missing_journals(at=make.AT):
        pass
    assert unposted_count() == 0
    assert ledger_differences() == []


def test_invoice_payment_and_its_allocation() -> None:
    invoice = make.invoice()
    make.payment(invoice.customer, "1200.00")
    assert Journal.objects.count() == 0, "journals come by a job, the posting does not wait for them"
    settled()
    assert entries("invoice") == [
        ("1122", D("1000.00"), D(0)),
        ("6001", D(0), D("884.96")),
        ("22210107", D(0), D("115.04")),
    ]
    assert entries("payment") == [("1002", D("1200.00"), D(0)), ("2203", D(0), D("1200.00"))]
    assert entries("allocation") == [("2203", D("1000.00"), D(0)), ("1122", D(0), D("1000.00"))]
    (journal,) = journals_of_document("invoice", invoice.number, by=make.actor("finance"))
    assert (journal.booked_on, journal.period, journal.total) == (date(2026, 3, 2), date(2026, 3, 1), D("1000.00"))
    claim = JournalLine.objects.get(journal=journal, role="receivable")
    assert (claim.customer_id, claim.document_amount) == (invoice.customer_id, D("1000.00"))
    assert sorted(Journal.objects.values_list("sequence", flat=True)) == list(range(1, Journal.objects.count() + 1))


def test_a_credit_note_makes_the_reversing_journal_in_red() -> None:
    invoice = make.invoice()
    credit_invoice(invoice.number, reason="测试", by=make.boss())
    settled()
    assert entries("invoice")[3:] == [
        ("1122", D("-1000.00"), D(0)),
        ("6001", D(0), D("-884.96")),
        ("22210107", D(0), D("-115.04")),
    ]


def test_taking_allocations_and_payments_back_and_paying_money_back() -> None:
    invoice = make.invoice()
    first = make.payment(invoice.customer, "400.00")
    deallocate_payment(first.number, invoice=invoice.number, by=make.boss())
    reverse_payment(first.number, reason="退票", by=make.boss())
    second = make.payment(invoice.customer, "1010.05", method="cash")
    refund_payment(second.number, amount=D("10.00"), method="cash", reason="多付", by=make.boss())
    write_off_rest(second.number, reason="零头", by=make.boss())
    settled()
    assert entries("payment_reversal") == [("1002", D("-400.00"), D(0)), ("2203", D(0), D("-400.00"))]
    assert entries("refund") == [
        ("2203", D("10.00"), D(0)),
        ("1001", D(0), D("10.00")),
        ("2203", D("0.05"), D(0)),
        ("6301", D(0), D("0.05")),
    ]
    assert entries("allocation")[2:4] == [("2203", D("-400.00"), D(0)), ("1122", D(0), D("-400.00"))]
    sums = {one.account.code: one.closing for one in trial_balance(date(2026, 3, 1), date(2026, 3, 1), by=make.boss())}
    assert (sums["1122"], sums["2203"], sums["1001"], sums["1002"]) == (0, 0, D("1000.05"), 0)


def test_a_write_off_is_a_loss_and_taken_back_it_is_none() -> None:
    invoice = make.invoice()
    paper = write_off_invoice(invoice.number, amount=D("4.00"), reason="零头", by=make.boss())
    deallocate_payment(paper.number, invoice=invoice.number, by=make.boss())
    settled()
    assert entries("payment") == []
    assert entries("allocation") == [
        ("6701", D("4.00"), D(0)),
        ("1122", D(0), D("4.00")),
        ("6701", D("-4.00"), D(0)),
        ("1122", D(0), D("-4.00")),
    ]


def test_exchange_has_its_own_line_and_both_currencies_are_kept() -> None:
    wanted = [
        RateInput(currency="USD", valid_from=date(2026, 3, day), rate=D(rate))
        for day, rate in ((1, "7.0000"), (9, "7.2500"))
    ]
    save_exchange_rates(wanted, by=make.boss())
    goods = [make.product(stock=3, prices=(PriceInput(amount=D("33.37"), currency="USD"),))]
    order = make.order(state="shipped", quantity=3, products=goods, currency="USD", includes_tax=True)
    invoice = make.invoice(order)
    later = make.on(make.boss(), days=7)
    money = make.payment(
        order.buyer, "100.11", currency="USD", received_on=date(2026, 3, 9), is_automatic=False, by=later
    )
    allocate_payment(money.number, {invoice.number: D("50.00")}, by=make.boss())
    allocate_payment(money.number, {invoice.number: D("50.11")}, by=make.boss())
    deallocate_payment(money.number, invoice=invoice.number, by=make.boss())
    settled()
    gains = JournalLine.objects.filter(role="exchange", account__code="660302").values_list("debit", "credit")
    assert sum((credit - debit for debit, credit in gains), D(0)) == 0
    assert [credit > 0 for _debit, credit in gains] == [True, True, False]
    claims = JournalLine.objects.filter(role="receivable").aggregate(debit=Sum("debit"), credit=Sum("credit"))
    assert (claims["debit"], claims["credit"]) == (D("700.77"), D(0))
    assert JournalLine.objects.get(journal__source_kind="invoice", role="receivable").document_amount == D("100.11")


def test_goods_come_in_at_cost_and_are_billed_and_paid() -> None:
    order = bought()
    cost(order, "4.00")
    receive_goods(order.number, by=make.boss(), quantities={1: D(10)})
    bill = register_bill(order.number, by=make.boss())
    pay_bill(bill.number, amount=bill.total, method="bank_transfer", by=make.boss())
    settled()
    net = bill.net
    assert entries("goods") == [("1405", D("40.00"), D(0)), ("1404", net - 40, D(0)), ("220202", D(0), net)]
    assert entries("bill") == [
        ("220202", net, D(0)),
        ("22210101", bill.tax, D(0)),
        ("2202", D(0), bill.total),
    ]
    assert entries("disbursement") == [("2202", bill.total, D(0)), ("1002", D(0), bill.total)]
    owed = {one.account.code: one.closing for one in trial_balance(date(2026, 3, 1), date(2026, 3, 1), by=make.boss())}
    assert (owed["220202"], owed["2202"]) == (0, 0)


def test_a_reversed_bill_and_a_reversed_receipt_leave_nothing() -> None:
    order = bought()
    cost(order, "5.50")
    receipt = receive_goods(order.number, by=make.boss(), quantities={1: D(4)})
    bill = register_bill(order.number, by=make.boss())
    reverse_bill(bill.number, reason="错单", by=make.boss())
    reverse_receipt(Receipt.objects.get(pk=receipt.pk).number, reason="错收", by=make.boss())
    settled()
    assert {one.closing for one in trial_balance(date(2026, 3, 1), date(2026, 3, 1), by=make.boss())} == {D(0)}


def test_what_is_sold_costs_what_it_cost_and_comes_back_in_red() -> None:
    order = make.order(state="confirmed")
    cost(order, "60.00")
    ship_order(order.number, by=make.boss(), quantities={1: D(4)})
    settled()
    sold = JournalLine.objects.filter(role="cost_of_goods")
    assert [(one.account.code, one.debit, one.customer_id) for one in sold] == [
        ("6401", D("240.00"), order.customer_id)
    ]


def test_rules_choose_accounts_and_the_narrowest_wins() -> None:
    clerk = make.actor("finance")
    for account, conditions in (
        ("6051", {"tax": "vat13"}),
        ("6301", {"tax": "vat13", "customer_kind": "company"}),
        ("1012", {"customer_kind": "person"}),
    ):
        save_posting_rule(RuleInput(role="revenue", account=account, **conditions), by=clerk)
    make.invoice()
    settled()
    assert [code for code, *_amounts in entries("invoice")] == ["1122", "6301", "22210107"]
    with make.refused(NotPermitted):
        save_posting_rule(RuleInput(role="revenue", account="6001"), by=make.actor("rep"))


def test_the_department_of_the_order_is_a_dimension() -> None:
    department = make.department()
    order = make.order(state="shipped")
    Order.objects.filter(pk=order.pk).update(department=department)
    make.invoice(make.fresh(order.number))
    settled()
    lines = JournalLine.objects.filter(journal__source_kind="invoice").order_by("position")
    assert [one.department_id for one in lines] == [department.pk, department.pk, None]


def test_stock_that_is_entered_is_a_debit_and_no_red_journal() -> None:
    goods = make.product()
    set_product_cost(goods.sku, D("4.00"), version=goods.version, by=make.boss())
    receive_stock(
        product_id=goods.pk, warehouse_id=make.main_warehouse().pk, quantity=D(5), reason="opening", by=make.boss()
    )
    settled()
    assert entries("goods") == [("1405", D("20.00"), D(0)), ("1901", D(0), D("20.00"))]


def test_what_is_scrapped_leaves_stock_and_a_month_closed_without_it_stays_as_it_is() -> None:
    goods = make.product(stock=9)
    set_product_cost(goods.sku, D("4.00"), version=goods.version, by=make.boss())
    settled()
    before = len(entries("goods"))
    position = StockPosition.objects.get(product=goods)
    scrap_stock(position.pk, quantity=D(2), reason="damaged", by=make.boss())
    with transaction.atomic():
        settled()
        assert entries("goods")[before:] == [("1901", D("8.00"), D(0)), ("1405", D(0), D("8.00"))]
        transaction.set_rollback(True)
    AccountingPeriod.objects.create(
        starts_on=date(2026, 3, 1), state="closed", changed_at=make.AT, changed_by_name="孙丽"
    )
    assert not first_moves().filter(kind="scrap").exists()


def test_all_months_are_locked_before_the_writers() -> None:
    """Who closes a month holds it and waits for the writers: nobody may ask for a month after their lock."""
    invoice = make.invoice()
    money = make.payment(invoice.customer, "1000.00", received_on=date(2026, 2, 27))
    with CaptureQueriesContext(connection) as captured:
        assert post_journals_of(money.subject, at=make.AT) == 2
    locks = [one["sql"] for one in captured.captured_queries if "pg_advisory" in one["sql"]]
    assert ["ledger_lock_key" in one for one in locks] == [True, True, False]


def test_refunds_in_parts_leave_no_cent_on_account() -> None:
    """10.00 USD at 7.1250 are 71.25: thrice 3.33, 3.33 and 3.34 are 23.73, 23.72 and 23.80, and 0.00 is left."""
    save_exchange_rates([RateInput(currency="USD", valid_from=date(2026, 3, 1), rate=D("7.1250"))], by=make.boss())
    buyer = make.customer()
    money = make.payment(buyer, "10.00", currency="USD")
    for part in ("3.33", "3.33", "3.34"):
        refund_payment(money.number, amount=D(part), method="cash", reason="多付", by=make.boss())
    settled()
    backs = JournalLine.objects.filter(journal__source_kind="refund", role="advance").order_by("id")
    assert list(backs.values_list("debit", flat=True)) == [D("23.73"), D("23.72"), D("23.80")]
    left = JournalLine.objects.filter(role="advance").aggregate(debit=Sum("debit"), credit=Sum("credit"))
    assert left == {"debit": D("71.25"), "credit": D("71.25")}


def test_the_same_job_again_writes_nothing_and_a_document_of_nothing_has_none() -> None:
    invoice = make.invoice()
    settled()
    before = Journal.objects.count()
    assert post_journals_of(invoice.subject, at=make.AT) == 0
    assert post_missing_journals(at=make.AT) == 0
    assert Journal.objects.count() == before


def test_history_without_jobs_is_caught_up() -> None:
    make.invoice()
    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_jobs")
    written = 0
    while some := post_missing_journals(at=make.AT):
        written += some
    assert written == Journal.objects.count() > 0
    assert ledger_differences() == []


@pytest.mark.parametrize(
    "statement",
    [
        "update ledger_journalline set debit = debit + 1 where is_debit",
        "delete from ledger_journalline",
        "delete from ledger_journal",
        "update ledger_journal set total = 1",
        (
            "insert into ledger_journalline (journal_id, position, role, account_id, is_debit, debit, credit,"
            " document_amount) select id, 99, 'money', (select min(id) from ledger_ledgeraccount), true, 1, 0, 1"
            " from ledger_journal limit 1"
        ),
        "delete from ledger_postingrule where role = 'revenue'",
        "update ledger_journal set period = '2026-01-01'",
    ],
)
def test_the_database_keeps_journals_balanced_and_final(statement: str) -> None:
    make.invoice()
    settled()

    def change() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            cursor.execute("set constraints all immediate")

    with pytest.raises(DatabaseError):
        change()


def test_lists_are_filtered_and_cost_few_queries(django_assert_max_num_queries: object) -> None:
    invoice = make.invoice()
    make.payment(invoice.customer, "1000.00")
    settled()
    clerk = make.actor("finance")

    def numbers(**wanted: object) -> list[str]:
        return [one.source_kind for one in list_journals(by=clerk, **wanted).items]

    assert numbers(document=invoice.number) == ["invoice"]
    assert numbers(account="2203") == ["allocation", "payment"]
    assert numbers(account="2203", period=date(2026, 2, 1)) == []
    assert numbers(handed_over=True) == []
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        assert len(list_journals(by=clerk).items) >= 3
    with make.refused(NotPermitted):
        list_journals(by=make.actor("rep"))
    with make.refused(NotFound):
        get_journal("JV-200001-0001", by=clerk)
    assert journals_of_document("invoice", Invoice.objects.get().number, by=make.actor("rep")) == []
