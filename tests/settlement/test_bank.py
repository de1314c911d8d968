"""What banks say becomes payments: suggested, confirmed once, taken back, never booked twice."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from shundan.billing.actions import deallocate_payment, register_payment, reverse_payment
from shundan.billing.models import Payment
from shundan.kernel.errors import Malformed, NotPermitted
from shundan.settlement.actions import (
    allocate_automatically,
    book_bank_entry,
    ignore_bank_entry,
    import_bank_statement,
    link_bank_entry,
    reopen_bank_entry,
    write_off_invoice,
)
from shundan.settlement.actions.automatic import NothingToAllocate
from shundan.settlement.actions.bank import EntryDecided, EntryDiffers, StatementKnown
from shundan.settlement.models import BankEntry, BankStatement
from shundan.settlement.queries import suggestions_for
from tests import make
from tests.settlement.samples import bank_csv

pytestmark = pytest.mark.django_db


def entry(amount: str, *, payer: str = "", account: str = "", text: str = "", day: str = "20260302") -> BankEntry:
    """Take in a statement with one entry."""
    number = BankEntry.objects.count()
    content = bank_csv(f"{day},{amount},,,{payer},{account},{text},L{number}")
    import_bank_statement("三月.csv", content, by=make.boss(), account="工行 1234")
    return BankEntry.objects.latest("pk")


def test_a_file_is_taken_once_and_what_overlaps_is_left_out() -> None:
    first, second = "20260302,5.00,,,甲,,a,L1", "20260303,,7.00,,乙,,b,L2"
    (made,) = import_bank_statement("a.csv", bank_csv(first), by=make.boss(), account="工行")
    assert (made.entries_new, made.entries_known) == (1, 0)
    with make.refused(StatementKnown):
        import_bank_statement("b.csv", bank_csv(first), by=make.boss(), account="工行")
    (more,) = import_bank_statement("c.csv", bank_csv(first, second), by=make.boss(), account="工行")
    assert (more.entries_new, more.entries_known) == (1, 1)
    assert list(BankEntry.objects.order_by("pk").values_list("amount", "state")) == [
        (Decimal("5.00"), "open"),
        (Decimal("-7.00"), "outgoing"),
    ]


def test_a_faulty_file_leaves_nothing_behind() -> None:
    with make.refused(Malformed) as caught:
        import_bank_statement("a.csv", bank_csv("20260302,5.00,,,,,,", "2026,5,,,,,,"), by=make.boss())
    assert [(one.path, one.code) for one in caught.value.details] == [("file", "bad_day")]
    with make.refused(NotPermitted):
        import_bank_statement("a.csv", bank_csv("20260302,5.00,,,,,,"), by=make.actor("rep"))
    assert not BankStatement.objects.exists() and not BankEntry.objects.exists()


def test_what_speaks_for_a_customer_is_named_and_adds_up() -> None:
    invoice = make.invoice()
    payer, amount = invoice.customer.name, str(invoice.total)
    named = entry(amount, payer=payer, text=f"货款 {invoice.number.replace('-', '')}")
    by_name, stranger = entry("3.00", payer=payer), entry("4.44", payer="无名")
    found = suggestions_for([named, by_name, stranger], by=make.boss())
    (best,) = found[named.pk]
    assert (best.customer, best.signs, best.is_sure) == (invoice.customer, ("number", "name", "amount"), True)
    assert best.shares == {invoice.number: invoice.total} and best.rest == 0
    (weak,) = found[by_name.pk]
    assert (weak.signs, weak.is_sure, weak.shares) == (("name",), False, {invoice.number: Decimal("3.00")})
    assert found[stranger.pk] == []


def test_suggesting_for_a_page_takes_the_same_queries_as_for_one(django_assert_max_num_queries: object) -> None:
    invoice = make.invoice()
    entries = [entry(f"{n}.00", payer=invoice.customer.name, text=invoice.order.number) for n in range(1, 9)]
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        found = suggestions_for(entries, by=make.boss())
    assert {len(one) for one in found.values()} == {1}


def test_only_what_one_may_see_is_suggested() -> None:
    invoice = make.invoice()
    one = entry(str(invoice.total), text=invoice.number)
    assert suggestions_for([one], by=make.actor("auditor")) == {}
    assert suggestions_for([one], by=make.actor("finance"))[one.pk][0].customer == invoice.customer


def test_an_entry_is_booked_once_as_the_bank_said_it() -> None:
    invoice = make.invoice()
    one = entry(str(invoice.total), payer=invoice.customer.name, text="货款")
    payment = book_bank_entry(one.pk, customer=invoice.customer.number, by=make.boss())
    assert (payment.amount, payment.received_on.isoformat(), payment.account, payment.remark) == (
        invoice.total,
        "2026-03-02",
        "工行 1234",
        "货款",
    )
    invoice.refresh_from_db()
    assert invoice.open_amount == 0
    with make.refused(EntryDecided):
        book_bank_entry(one.pk, customer=invoice.customer.number, by=make.boss())
    with make.refused(EntryDecided):
        reopen_bank_entry(one.pk, by=make.boss())
    assert Payment.objects.count() == 1


def test_reversing_the_payment_lets_the_entry_wait_again() -> None:
    invoice = make.invoice()
    one = entry("10.00")
    payment = book_bank_entry(one.pk, customer=invoice.customer.number, by=make.boss(), allocations={})
    reverse_payment(payment.number, reason="错账", by=make.boss())
    one.refresh_from_db()
    assert (one.state, one.payment, one.decided_by_name) == ("open", None, "")
    again = book_bank_entry(one.pk, customer=invoice.customer.number, by=make.boss())
    assert again.pk != payment.pk


def test_an_entry_is_linked_to_what_was_recorded_by_hand_and_parted_again() -> None:
    customer = make.customer()
    payment = register_payment(customer=customer.number, amount=Decimal(88), method="bank_transfer", by=make.boss())
    one, other = entry("88.00", payer=customer.name), entry("88.00", payer=customer.name, day="20260303")
    assert suggestions_for([one], by=make.boss())[one.pk][0].payment == payment
    link_bank_entry(one.pk, payment=payment.number, by=make.boss())
    for wrong in (other, entry("87.00")):
        with make.refused(EntryDiffers):
            link_bank_entry(wrong.pk, payment=payment.number, by=make.boss())
    reopen_bank_entry(one.pk, by=make.boss())
    link_bank_entry(other.pk, payment=payment.number, by=make.boss())


def test_what_is_no_payment_is_ignored_with_a_reason() -> None:
    one = entry("0.37", text="利息")
    with make.refused(Malformed):
        ignore_bank_entry(one.pk, reason="  ", by=make.boss())
    ignore_bank_entry(one.pk, reason="存款利息", by=make.boss())
    with make.refused(EntryDecided):
        book_bank_entry(one.pk, customer=make.customer().number, by=make.boss())
    assert reopen_bank_entry(one.pk, by=make.boss()).state == "open"
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update settlement_bankentry set state = 'booked' where id = %s", [one.pk])


def test_money_on_account_finds_the_invoice_that_its_text_names() -> None:
    customer = make.customer()
    old, new = (make.invoice(make.order(state="shipped", of=customer)) for _ in range(2))
    assert old.pk < new.pk
    payment = register_payment(
        customer=new.customer.number,
        amount=Decimal("10.00"),
        method="bank_transfer",
        by=make.boss(),
        remark=f"付 {new.number}",
        is_automatic=False,
    )
    done = allocate_automatically(payment.number, by=make.boss())
    assert [(one.invoice.number, one.amount) for one in done.allocations.all()] == [(new.number, Decimal("10.00"))]
    with make.refused(NothingToAllocate):
        allocate_automatically(payment.number, by=make.boss())
    deallocate_payment(payment.number, invoice=new.number, by=make.boss())
    assert allocate_automatically(payment.number, by=make.boss()).unallocated == 0


def test_money_that_comes_for_what_was_written_off_is_booked_and_not_linked_to_the_write_off() -> None:
    invoice = make.invoice()
    paper = write_off_invoice(invoice.number, reason="破产", by=make.boss())
    one = entry(str(invoice.total), payer=invoice.customer.name, text=invoice.number)
    (found,) = suggestions_for([one], by=make.boss())[one.pk]
    assert (found.payment, found.signs) == (None, ("number", "name"))
    with make.refused(EntryDiffers):
        link_bank_entry(one.pk, payment=paper.number, by=make.boss())
    book_bank_entry(one.pk, customer=invoice.customer.number, by=make.boss())
    assert make.credit(invoice.customer) == (0, 0, invoice.total)
