"""Acceptance drafts: when they count as paid, where they go, and what a dishonoured one opens again."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from shundan.billing.actions import reverse_payment
from shundan.billing.models import Bill, Payment
from shundan.kernel.errors import Malformed, NotPermitted
from shundan.kernel.models import Event
from shundan.notifications.models import Notice
from shundan.parties.models import Customer
from shundan.settlement.actions import (
    DraftInput,
    collect_draft,
    discount_draft,
    dishonour_draft,
    endorse_draft,
    present_draft,
    return_draft,
    save_settlement_terms,
    take_draft,
    tell_due_drafts,
)
from shundan.settlement.actions.drafts import DraftHoldsPayment, DraftKnown, DraftNotThere
from shundan.settlement.invariants import INVARIANTS
from shundan.settlement.models import AcceptanceDraft
from shundan.settlement.queries import draft_sums, list_drafts
from tests import make
from tests.api.client import as_person
from tests.billing.test_requests import Office
from tests.billing.test_requests import office as office
from tests.jobs import do_jobs
from tests.web.conftest import Browser
from tests.web.conftest import _plain_static_files as _plain_static_files
from tests.web.conftest import browser_of as browser_of

pytestmark = pytest.mark.django_db


def draft_of(customer: Customer, number: str = "110210000001", **more: Any) -> DraftInput:
    """A bank draft over 1,000.00 that falls due in June."""
    given = {
        "customer": customer.number,
        "draft_number": number,
        "kind": "bank",
        "drawer": "启明",
        "acceptor": "工商银行",
        "amount": Decimal(1000),
        "issued_on": date(2026, 3, 1),
        "due_on": date(2026, 6, 1),
    }
    return DraftInput(**{**given, **more})


def is_sound() -> bool:
    """Tell whether drafts agree with their payments."""
    with connection.cursor() as cursor:
        cursor.execute(next(one.sql for one in INVARIANTS if one.code == "I100"))
        return cursor.fetchall() == []


def test_a_draft_that_counts_on_receipt_and_is_dishonoured() -> None:
    invoice = make.invoice()
    finance = make.actor("finance")
    draft = take_draft(draft_of(invoice.customer), by=finance)
    assert draft.payment is not None and draft.payment.method == "acceptance_draft"
    assert make.credit(invoice.customer) == (0, 0, 0)
    with make.refused(DraftKnown):
        take_draft(draft_of(invoice.customer), by=finance)
    other = take_draft(draft_of(make.customer(), "2"), by=finance)
    with make.refused(DraftHoldsPayment):
        reverse_payment(Payment.objects.get(reference="2").number, reason="x", by=make.boss())
    assert other.payment is not None and other.payment.reversed_at is None
    present_draft(draft.number, by=finance)
    with make.refused(Malformed):
        dishonour_draft(draft.number, reason=" ", by=finance)
    gone = dishonour_draft(draft.number, reason="余额不足", by=finance)
    invoice.refresh_from_db()
    assert (gone.state, invoice.open_amount, make.credit(invoice.customer)) == ("dishonoured", 1000, (0, 1000, 0))
    assert make.fresh(invoice.order.number).paid == 0
    with make.refused(DraftNotThere):
        collect_draft(draft.number, by=finance)
    assert is_sound()


def test_a_draft_that_counts_on_collection_leaves_the_invoice_open_until_then() -> None:
    invoice = make.invoice()
    save_settlement_terms(drafts_count_on="collection", by=make.actor("executive"))
    draft = take_draft(draft_of(invoice.customer), by=make.actor("finance"))
    assert draft.payment is None and make.credit(invoice.customer) == (0, 1000, 0)
    # What was recorded keeps what held when it came.
    save_settlement_terms(drafts_count_on="receipt", by=make.actor("executive"))
    paid = collect_draft(draft.number, by=make.actor("finance"))
    assert paid.payment is not None and make.credit(invoice.customer) == (0, 0, 0)
    assert is_sound()


def test_a_draft_is_discounted_for_a_cost() -> None:
    invoice = make.invoice()
    draft = take_draft(draft_of(invoice.customer), by=make.boss())
    for cost in ("-1", "1000", "1.001"):
        with make.refused(Malformed):
            discount_draft(draft.number, bank="工行", cost=Decimal(cost), by=make.boss())
    done = discount_draft(draft.number, bank="工行", cost=Decimal("12.50"), by=make.boss())
    assert (done.state, done.discount_cost) == ("discounted", Decimal("12.50"))
    assert dishonour_draft(draft.number, reason="追索", by=make.boss()).state == "dishonoured"
    assert make.credit(invoice.customer) == (0, 1000, 0)


def test_an_endorsed_draft_pays_a_bill_and_opens_it_again_when_nobody_pays(office: Office) -> None:
    invoice, owed = make.invoice(), Bill.objects.get(number=office.bill)
    draft = take_draft(draft_of(invoice.customer), by=make.boss())
    with make.refused(NotPermitted):
        endorse_draft(draft.number, bill=owed.number, by=make.actor("rep"))
    done = endorse_draft(draft.number, bill=owed.number, by=make.boss())
    before = owed.open_amount
    assert Bill.objects.get(pk=owed.pk).open_amount == before - 1000
    assert done.disbursement is not None and make.fresh(owed.order.number).paid == 1000
    dishonour_draft(draft.number, reason="拒付", by=make.boss())
    assert Bill.objects.get(pk=owed.pk).open_amount == before and make.fresh(owed.order.number).paid == 0
    invoice.refresh_from_db()
    assert invoice.open_amount == 1000 and is_sound()


def test_finance_is_told_once_before_a_draft_falls_due_and_what_comes_back_may_come_again() -> None:
    customer, finance = make.customer(), make.person("finance")
    draft = take_draft(draft_of(customer, due_on=date(2026, 3, 13)), by=make.boss())
    assert tell_due_drafts(by=make.boss()) == 0
    assert tell_due_drafts(by=make.on(make.boss(), days=1)) == 1
    assert tell_due_drafts(by=make.on(make.boss(), days=2)) == 0
    do_jobs()
    assert Notice.objects.filter(person_id=finance.id, facts__title=draft.number).count() == 1
    assert list_drafts(by=finance, view="due").items == []
    assert draft_sums(by=make.on(finance, days=1), view="due") == (1, 1000)
    return_draft(draft.number, reason="记错", by=make.boss())
    assert make.credit(customer) == (0, 0, 0)
    again = take_draft(draft_of(customer), by=make.boss())
    assert again.number != draft.number and is_sound()
    assert Event.objects.filter(kind="draft.received").count() == 2


def test_drafts_on_the_pages_and_over_the_api(browser_of: Browser) -> None:
    invoice = make.invoice()
    finance = make.person("finance", name="赵会计")
    web, api = browser_of(finance), as_person(finance)
    typed = {
        "customer": invoice.customer.number,
        "draft_number": "1102",
        "kind": "commercial",
        "drawer": "启明",
        "acceptor": "海川",
        "amount": "400.00",
        "issued_on": "2026-03-01",
        "due_on": "2099-06-01",
    }
    assert web.get("/drafts/").status_code == 200
    bad = web.post("/drafts/new/", {**typed, "amount": "0", "due_on": "2026-02-01", "idempotency_key": "d-1"})
    assert bad.status_code == 422 and not AcceptanceDraft.objects.exists()
    done = web.post("/drafts/new/", {**typed, "idempotency_key": "d-2"})
    draft = AcceptanceDraft.objects.get()
    assert (done.status_code, done["Location"]) == (303, f"/drafts/{draft.number}/")
    assert "1102" in web.get("/drafts/").content.decode()
    wrong = web.post(f"/drafts/{draft.number}/discount/", {"bank": "工行", "cost": "x", "idempotency_key": "d-3"})
    assert wrong.status_code == 422
    web.post(f"/drafts/{draft.number}/discount/", {"bank": "工行", "cost": "4", "idempotency_key": "d-4"})
    assert "工行" in web.get(f"/drafts/{draft.number}/").content.decode()
    told = api.get(f"/acceptance-drafts/{draft.number}").body
    assert (told["state"], told["discount_cost"], told["kind"]) == ("discounted", "4.00", "commercial")
    assert api.post(f"/acceptance-drafts/{draft.number}/collect", {}).code == "draft_not_there"
    assert api.post("/acceptance-drafts", {**typed, "kind": "bank"}).code == "draft_known"
    second = api.post("/acceptance-drafts", {**typed, "draft_number": "1103", "allocations": []})
    assert second.status == 201 and second.body["payment"]
    invoice.refresh_from_db()
    assert invoice.open_amount == 600
    assert [one["number"] for one in api.get("/acceptance-drafts?view=used").body["items"]] == [draft.number]

    boss = browser_of(make.person("executive"))
    saved = {
        "limit-finance": "25.00",
        "unlimited-executive": "1",
        "drafts_count_on": "collection",
        "draft_notice_days": "7",
    }
    assert boss.post("/settlement-terms/", {**saved, "idempotency_key": "t-1"}).status_code == 303
    assert "25.00" in web.get("/settlement-terms/").content.decode()
    assert web.post("/settlement-terms/", {**saved, "idempotency_key": "t-2"}).status_code == 403
    terms = api.get("/settlement-terms").body
    assert terms["write_off_limits"][0] == {"role": "finance", "amount": "25.00"}
    assert (terms["drafts_count_on"], terms["draft_notice_days"]) == ("collection", 7)
