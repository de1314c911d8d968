"""Money that went out, as the bank says it: matched with what it pays, once, taken back, or set aside as a fee."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from shundan.billing.actions import pay_request, request_bill_payment, request_prepayment, return_prepayment
from shundan.billing.models import Bill, Disbursement, PaymentRequest, Refund
from shundan.kernel.errors import NotFound, NotPermitted
from shundan.ledger.queries.proof import ledger_differences
from shundan.settlement.actions import (
    import_bank_statement,
    match_bank_entry,
    reopen_bank_entry,
    write_off_rest,
)
from shundan.settlement.actions.bank import EntryDecided, EntryDiffers
from shundan.settlement.models import BankEntry
from shundan.settlement.queries import outgoing_suggestions
from tests import make
from tests.api.client import as_person
from tests.billing.test_prepayments import Trade, billed, prepaid
from tests.billing.test_prepayments import trade as trade
from tests.billing.test_requests import Office
from tests.billing.test_requests import office as office
from tests.jobs import do_jobs
from tests.settlement.samples import bank_csv
from tests.web.conftest import Browser
from tests.web.conftest import _plain_static_files as _plain_static_files
from tests.web.conftest import browser_of as browser_of

pytestmark = pytest.mark.django_db
D = Decimal


def gone(amount: str, *, payee: str = "", account: str = "", text: str = "") -> BankEntry:
    """Take in a statement with one entry of money that went out."""
    content = bank_csv(f"20260302,,{amount},,{payee},{account},{text},L{BankEntry.objects.count()}")
    import_bank_statement("三月.csv", content, by=make.boss(), account="工行 1234")
    return BankEntry.objects.latest("pk")


def paid(office: Office, amount: str) -> Disbursement:
    """Pay a part of the office's bill."""
    one = request_bill_payment(office.bill, amount=D(amount), method="bank_transfer", by=office.zhao, reason="货款")
    done = pay_request(one.number, by=office.zhao)
    assert done.disbursement is not None
    return done.disbursement


def test_what_pays_a_supplier_is_suggested_by_exact_amount_name_account_and_number(office: Office) -> None:
    first, other = paid(office, "500.00"), paid(office, "501.00")
    named = gone("500.00", payee="无锡泵业", account="62220001", text=f"付 {office.bill}")
    plain, none = gone("501.00"), gone("502.00", payee="无锡泵业有限公司")
    found = outgoing_suggestions([named, plain, none], by=office.zhao)
    (best,) = found[named.pk]
    assert (best.one.number, best.signs, best.is_sure) == (first.number, ("number", "account", "name", "amount"), True)
    (weak,) = found[plain.pk]
    assert (weak.one.number, weak.signs, weak.is_sure) == (other.number, ("amount",), False)
    assert found[none.pk] == []
    assert outgoing_suggestions([named], by=make.actor("auditor")) == {}


def test_an_entry_is_matched_once_and_taken_back_without_touching_the_payment(office: Office) -> None:
    disbursement = paid(office, "500.00")
    one, twin = gone("500.00"), gone("500.00", payee="别家")
    match_bank_entry(one.pk, kind="disbursement", number=disbursement.number, by=office.zhao)
    one.refresh_from_db()
    assert (one.state, one.disbursement, one.decided_by_name) == ("matched", disbursement, "赵敏")
    before = make.everything()
    with make.refused(EntryDecided):
        match_bank_entry(one.pk, kind="disbursement", number=disbursement.number, by=office.zhao)
    with make.refused(NotFound):
        match_bank_entry(twin.pk, kind="disbursement", number=disbursement.number, by=office.zhao)
    with make.refused(NotPermitted):
        match_bank_entry(twin.pk, kind="disbursement", number=disbursement.number, by=office.buyer)
    assert make.everything() == before
    reopen_bank_entry(one.pk, by=office.zhao)
    one.refresh_from_db()
    assert (one.state, one.disbursement, Disbursement.objects.get()) == ("outgoing", None, disbursement)
    match_bank_entry(twin.pk, kind="disbursement", number=disbursement.number, by=office.zhao)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "update settlement_bankentry set state = 'matched', disbursement_id = %s where id = %s",
            [disbursement.pk, one.pk],
        )


def test_another_amount_or_what_is_no_money_is_not_matched(office: Office) -> None:
    disbursement = paid(office, "500.00")
    payment = make.payment(make.customer(), "0.05", allocations={})
    kept = write_off_rest(payment.number, reason="零头", by=make.boss())
    off, small = gone("499.99"), gone("0.05")
    with make.refused(EntryDiffers):
        match_bank_entry(off.pk, kind="disbursement", number=disbursement.number, by=office.zhao)
    with make.refused(NotFound):
        match_bank_entry(small.pk, kind="refund", number=kept.number, by=office.zhao)
    assert outgoing_suggestions([small], by=office.zhao)[small.pk] == []


def test_an_approved_request_is_paid_by_the_entry_that_paid_it(office: Office) -> None:
    wanted = request_bill_payment(office.bill, amount=D(700), method="bank_transfer", by=office.zhao, reason="货款")
    entry = gone("700.00", payee="无锡泵业有限公司", text=wanted.number)
    (hint,) = outgoing_suggestions([entry], by=office.zhao)[entry.pk]
    assert (hint.one.kind, hint.one.number, hint.is_sure) == ("request", wanted.number, True)
    match_bank_entry(entry.pk, kind="request", number=wanted.number, by=office.zhao)
    entry.refresh_from_db()
    done = PaymentRequest.objects.get(pk=wanted.pk)
    assert entry.disbursement == done.disbursement is not None
    assert (done.state, done.disbursement.paid_on, done.disbursement.reference) == (
        "paid",
        entry.booked_on,
        entry.reference,
    )
    assert Bill.objects.get(number=office.bill).paid == D(700)
    do_jobs()
    assert ledger_differences() == []


def test_a_refund_and_a_fee_on_the_pages_and_over_the_api(browser_of: Browser) -> None:
    customer = make.customer()
    payment = make.payment(customer, "100.00", allocations={})
    finance = make.person("finance")
    web, api = browser_of(finance), as_person(finance)
    given = {"amount": "40.00", "method": "bank_transfer", "reason": "多付"}
    asked = api.post(f"/payments/{payment.number}/refund-requests", given).body["number"]
    assert api.post(f"/payment-requests/{asked}/pay", {}).status == 200
    back, entry, fee = (
        Refund.objects.get(),
        gone("40.00", payee=customer.name, text="退款"),
        gone("9.00", text="手续费"),
    )
    listed = web.get("/bank/?view=outgoing").content.decode()
    assert back.number in listed and "手续费" in listed
    shown = web.get(f"/bank/{entry.pk}/").content.decode()
    assert back.number in shown and "It is this payment" in shown
    (hint,) = api.get(f"/bank-entries/{entry.pk}").body["papers"]
    assert (hint["kind"], hint["number"], hint["signs"]) == ("refund", back.number, ["name", "amount"])
    wrong = web.post(f"/bank/{entry.pk}/match/", {"kind": "refund", "number": "RF-1", "idempotency_key": "m-1"})
    assert wrong.status_code == 404
    typed = {"kind": "refund", "number": back.number, "idempotency_key": "m-2"}
    assert web.post(f"/bank/{entry.pk}/match/", typed)["Location"] == "/bank/"
    assert back.number in web.get("/bank/?view=matched").content.decode()
    again = api.post(f"/bank-entries/{entry.pk}/match", {"kind": "refund", "number": back.number})
    assert again.code == "bank_entry_decided"
    opened = api.post(f"/bank-entries/{entry.pk}/reopen").body
    assert (opened["state"], opened["payment"]) == ("outgoing", None)
    matched = api.post(f"/bank-entries/{entry.pk}/match", {"kind": "refund", "number": back.number}).body
    assert (matched["state"], matched["payment"]) == ("matched", back.number)
    assert web.post(f"/bank/{fee.pk}/ignore/", {"reason": "", "idempotency_key": "m-3"}).status_code == 422
    assert web.post(f"/bank/{fee.pk}/ignore/", {"reason": "手续费", "idempotency_key": "m-4"}).status_code == 303
    assert api.post(f"/bank-entries/{fee.pk}/reopen").body["state"] == "outgoing"


def test_a_prepayment_is_matched_and_what_only_offsets_it_is_not(trade: Trade) -> None:
    one = prepaid(trade, "1130.00")
    billed(trade.order, 1)
    offset = Disbursement.objects.get()
    entry = gone("1130.00", payee="无锡泵业有限公司", text=trade.order)
    (hint,) = outgoing_suggestions([entry], by=trade.clerk)[entry.pk]
    assert (hint.one.kind, hint.one.number, hint.signs) == ("prepayment", one.number, ("number", "name", "amount"))
    with make.refused(NotFound):
        match_bank_entry(entry.pk, kind="disbursement", number=offset.number, by=trade.clerk)
    match_bank_entry(entry.pk, kind="prepayment", number=one.number, by=trade.clerk)
    entry.refresh_from_db()
    assert (entry.state, entry.prepayment) == ("matched", one)
    twin = gone("1130.00", payee="别家")
    with make.refused(NotFound):
        match_bank_entry(twin.pk, kind="prepayment", number=one.number, by=trade.clerk)
    reopen_bank_entry(entry.pk, by=trade.clerk)
    assert as_person(trade.clerk).get(f"/bank-entries/{entry.pk}").body["papers"][0]["number"] == one.number


def test_what_a_supplier_pays_back_of_a_prepayment_is_matched_with_the_money_that_came(
    trade: Trade, browser_of: Browser
) -> None:
    one = prepaid(trade, "1130.00")
    back = return_prepayment(one.number, amount=D("130.00"), method="bank_transfer", reason="多付", by=trade.clerk)
    content = bank_csv("20260302,130.00,,,无锡泵业有限公司,,退预付款,L1")
    import_bank_statement("三月.csv", content, by=make.boss(), account="工行 1234")
    entry = BankEntry.objects.get()
    (hint,) = outgoing_suggestions([entry], by=trade.clerk)[entry.pk]
    assert (hint.one.kind, hint.one.number, hint.one.of) == ("prepayment_return", back.number, one.number)
    web, api = browser_of(trade.clerk), as_person(trade.clerk)
    assert back.number in web.get(f"/bank/{entry.pk}/").content.decode()
    typed = {"kind": "prepayment_return", "number": back.number, "idempotency_key": "r-1"}
    assert web.post(f"/bank/{entry.pk}/match/", typed).status_code == 303
    entry.refresh_from_db()
    assert (entry.state, entry.prepayment_return, entry.payment) == ("matched", back, None)
    assert back.number in web.get("/bank/?view=matched").content.decode()
    with make.refused(EntryDecided):
        match_bank_entry(entry.pk, kind="prepayment_return", number=back.number, by=trade.clerk)
    reopen_bank_entry(entry.pk, by=trade.clerk)
    again = api.post(f"/bank-entries/{entry.pk}/match", {"kind": "prepayment_return", "number": back.number})
    assert (again.status, again.body["state"], again.body["payment"]) == (200, "matched", back.number)
    with pytest.raises(IntegrityError), transaction.atomic():
        BankEntry.objects.filter(pk=entry.pk).update(state="open")


def test_a_request_to_prepay_is_paid_by_the_entry_that_paid_it(trade: Trade, browser_of: Browser) -> None:
    given = {"amount": D("500.00"), "method": "bank_transfer", "reason": "年框"}
    asked = request_prepayment(supplier=trade.supplier, by=trade.clerk, **given)
    entry = gone("500.00", payee="无锡泵业有限公司")
    (hint,) = outgoing_suggestions([entry], by=trade.clerk)[entry.pk]
    assert (hint.one.kind, hint.one.number, hint.one.of) == ("request", asked.number, trade.supplier)
    web = browser_of(trade.clerk)
    typed = {"kind": "request", "number": asked.number, "idempotency_key": "m-1"}
    assert web.post(f"/bank/{entry.pk}/match/", typed).status_code == 303
    entry.refresh_from_db()
    done = PaymentRequest.objects.get(pk=asked.pk)
    assert done.prepayment is not None and entry.prepayment == done.prepayment
    assert (done.state, done.prepayment.paid_on) == ("paid", entry.booked_on)
    assert done.prepayment.number in web.get("/bank/?view=matched").content.decode()
    do_jobs()
    assert ledger_differences() == []
