"""Money in that is for a deposit: suggested, booked from the bank or asked for by a link, on pages and over the API."""

from decimal import Decimal

import pytest

from shundan.billing.actions import request_deposit, reverse_payment, settle_deposit, unfund_deposit, withdraw_deposit
from shundan.billing.actions.deposits import DepositEnded, DepositTooMuch
from shundan.billing.models import Deposit
from shundan.fulfilment.actions import ship_order
from shundan.kernel.errors import Malformed, NotFound
from shundan.orders.actions import move_order
from shundan.parties.models import Customer
from shundan.settlement.actions import GatewayAccountInput, book_bank_entry, save_gateway_account
from shundan.settlement.queries import suggestions_for
from tests import make
from tests.api.client import as_person
from tests.settlement.test_bank import entry
from tests.web.conftest import Browser
from tests.web.conftest import _plain_static_files as _plain_static_files
from tests.web.conftest import browser_of as browser_of

pytestmark = pytest.mark.django_db


def deposit_of(customer: Customer | None = None) -> Deposit:
    """Ask for 300.00 of an order of 1,000.00."""
    order = make.order(of=customer or make.customer("深圳定金有限公司"))
    return request_deposit(order.number, kind="advance", percent=Decimal(30), by=make.boss())


def test_a_deposit_is_suggested_where_its_number_or_amount_fits() -> None:
    deposit = deposit_of()
    payer = deposit.customer.name
    named = entry("300.00", payer=payer, text=f"定金 {deposit.number}")
    by_order, by_amount = entry("120.00", text=deposit.order.number), entry("300.00", payer="无名")
    neither, less = entry("120.00", payer="无名"), entry("299.99", payer=payer)
    found = suggestions_for([named, by_order, by_amount, neither, less], by=make.actor("finance"))
    best = found[named.pk][0]
    assert (best.deposit, best.signs, best.is_sure, best.rest) == (deposit, ("number", "name", "amount"), True, 0)
    (part,) = found[by_order.pk]
    assert (part.deposit, part.signs, part.is_sure) == (deposit, ("number",), False)
    (alone,) = found[by_amount.pk]
    assert (alone.deposit, alone.signs) == (deposit, ("amount",))
    assert found[neither.pk] == []
    assert [one.deposit for one in found[less.pk]] == [None]
    # Neither one that nobody waits for nor one of an order that the reader does not see.
    assert suggestions_for([named], by=make.actor("auditor")) == {}
    withdraw_deposit(deposit.number, reason="另议", by=make.boss())
    assert all(one.deposit is None for one in suggestions_for([named], by=make.boss())[named.pk])


def test_an_invoice_goes_before_a_deposit_for_which_not_more_speaks() -> None:
    invoice = make.invoice(make.order(state="shipped", price="300.00", quantity=1))
    deposit = deposit_of(invoice.customer)
    one = entry("300.00", payer=invoice.customer.name)
    first, second = suggestions_for([one], by=make.boss())[one.pk]
    assert (first.shares, first.deposit, second.deposit) == ({invoice.number: 300}, None, deposit)


def test_an_entry_is_held_for_the_deposit_and_counts_as_one_by_hand() -> None:
    deposit = deposit_of()
    buyer = deposit.customer.number
    first, second, third = entry("200.00"), entry("150.00"), entry("1.00")
    paid = book_bank_entry(first.pk, customer=buyer, deposit=deposit.number, by=make.actor("finance"))
    assert (paid.held, paid.unallocated, paid.provider, paid.account) == (200, 0, f"bank:{first.pk}", "工行 1234")
    # What is more than it asks for stays on the account.
    payment = book_bank_entry(second.pk, customer=buyer, deposit=deposit.number, by=make.boss())
    deposit.refresh_from_db()
    assert (deposit.received, deposit.missing, payment.held, payment.unallocated) == (300, 0, 100, 50)
    with make.refused(DepositTooMuch):
        book_bank_entry(third.pk, customer=buyer, deposit=deposit.number, by=make.boss())
    # Taken off the deposit, the payment is reversed and its entry waits again.
    unfund_deposit(deposit.number, payment=payment.number, by=make.boss())
    reverse_payment(payment.number, reason="错账", by=make.boss())
    second.refresh_from_db()
    deposit.refresh_from_db()
    assert (second.state, deposit.missing) == ("open", 100)
    book_bank_entry(second.pk, customer=buyer, deposit=deposit.number, by=make.boss())
    ship_order(deposit.order.number, by=make.boss())
    assert make.invoice(deposit.order).allocated == 300


def test_money_for_a_deposit_is_refused_where_it_does_not_fit() -> None:
    deposit, other = deposit_of(), make.invoice()
    one, buyer = entry("300.00"), deposit.customer.number
    by = make.actor("finance")
    with make.refused(Malformed):
        book_bank_entry(one.pk, customer=other.customer.number, deposit=deposit.number, by=by)
    with make.refused(Malformed):
        shares = {other.number: Decimal(1)}
        book_bank_entry(one.pk, customer=buyer, deposit=deposit.number, allocations=shares, by=by)
    with make.refused(NotFound):
        book_bank_entry(one.pk, customer=buyer, deposit="DP-2026-999999", by=by)
    book_bank_entry(one.pk, customer=buyer, deposit=deposit.number, by=by)
    move_order(deposit.order.number, "cancel", by=make.boss(), inputs={"reason": "test"})
    settle_deposit(deposit.number, outcome="keep", reason="取消", by=make.boss())
    with make.refused(DepositEnded):
        book_bank_entry(entry("1.00").pk, customer=buyer, deposit=deposit.number, by=by)


def test_the_bank_pages_and_the_api_know_deposits(browser_of: Browser) -> None:
    deposit = deposit_of()
    buyer, finance = deposit.customer.number, make.person("finance")
    web, api = browser_of(finance), as_person(finance)
    sure = entry("300.00", payer=deposit.customer.name, text=deposit.number)
    listed = web.get("/bank/").content.decode()
    assert listed.count(">Confirm</button>") == 1 and f'name="deposit" value="{deposit.number}"' in listed
    assert "Held for deposit" in web.get(f"/bank/{sure.pk}/").content.decode()
    hint = api.get(f"/bank-entries/{sure.pk}").body["suggestions"][0]
    assert (hint["deposit"], hint["allocations"], hint["rest"]) == (deposit.number, [], "0.00")
    chosen, later = entry("100.00"), entry("9.00")
    shown = web.get(f"/bank/{chosen.pk}/?customer={buyer}").content.decode()
    assert f'<option value="{deposit.number}"' in shown and "For no deposit" in shown
    typed = {"customer": buyer, "deposit": deposit.number, "idempotency_key": "b-1"}
    assert web.post(f"/bank/{chosen.pk}/book/", typed)["Location"] == "/bank/"
    other = make.customer("别家有限公司").number
    wrong = api.post(f"/bank-entries/{sure.pk}/book", {"customer": other, "deposit": deposit.number})
    assert (wrong.status, wrong.places) == (422, {"body.deposit": "unknown"})
    missing = api.post(f"/bank-entries/{sure.pk}/book", {"customer": buyer, "deposit": "DP-1"})
    assert (missing.status, missing.places) == (422, {"body.deposit": "unknown_deposit"})
    booked = api.post(f"/bank-entries/{sure.pk}/book", {"customer": buyer, "deposit": deposit.number})
    assert (booked.status, booked.body["state"]) == (200, "booked")
    told = api.get(f"/deposits/{deposit.number}").body
    assert (told["received"], told["amount"]) == ("300.00", "300.00")
    assert "For no deposit" not in web.get(f"/bank/{later.pk}/?customer={buyer}").content.decode()


def test_a_deposit_is_asked_for_by_a_link_on_its_page_and_over_the_api(browser_of: Browser) -> None:
    deposit, finance = deposit_of(), make.person("finance")
    web, api = browser_of(finance), as_person(finance)
    page = f"/deposits/{deposit.number}/"
    assert "Payment link" not in web.get(page).content.decode()
    keys = {"secret_key": "k", "webhook_secret": "w"}
    shop = GatewayAccountInput(code="web", gateway="stripe", name="网店", base_url="http://127.0.0.1:9", settings=keys)
    save_gateway_account(shop, by=make.boss(), is_new=True)
    assert f"{page}charge/" in web.get(page).content.decode()
    assert 'value="300.00"' in web.get(f"{page}charge/").content.decode()
    assert web.post(f"{page}charge/", {"account": "web", "amount": "300.01"}).status_code == 422
    made = web.post(f"{page}charge/", {"account": "web", "amount": "200.00"})
    assert made.status_code == 303
    shown = web.get(made["Location"]).content.decode()
    assert deposit.number in shown and "200.00" in shown
    asked = api.post(f"/deposits/{deposit.number}/charges", {"account": "web"})
    assert (asked.status, asked.body["deposit"], asked.body["invoice"], asked.body["amount"]) == (
        201,
        deposit.number,
        None,
        "300.00",
    )
    assert len(api.get(f"/deposits/{deposit.number}/charges").body["items"]) == 2
    assert asked.body["number"] in web.get(f"{page}charge/").content.decode()
