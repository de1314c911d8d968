"""Calls for quotations: of several suppliers, answered by them or for them, compared, decided by line, ordered."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from django.core import signing
from django.test import Client

from shundan.accounts.models import User
from shundan.catalog.models import ExchangeRate
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Malformed, NotFound, NotPermitted
from shundan.notifications.models import Notice
from shundan.parties.actions import SupplierInput, change_supplier, create_supplier
from shundan.parties.models import Supplier
from shundan.purchasing.actions import (
    InquiryClosed,
    InquiryInput,
    NobodyToMail,
    NotQuoted,
    OfferExpired,
    OrderedAlready,
    PurchaseRequestInput,
    Quotation,
    RequestedLine,
    answer_inquiry,
    award_inquiry,
    cancel_inquiry,
    decline_inquiry,
    open_inquiry,
    record_quotation,
    request_purchase,
    send_inquiry,
)
from shundan.purchasing.models import Inquiry, Invitation, Quote
from shundan.purchasing.queries import (
    get_inquiry,
    get_purchase_request,
    list_inquiries,
    offers_of_inquiry,
    progress_of_request,
    token_of_invitation,
)
from tests import make
from tests.jobs import do_jobs
from tests.notifications.post import post_office

pytestmark = pytest.mark.django_db
D = Decimal


@dataclass(frozen=True)
class Call:
    """A buyer's call for ten pumps and four seals, of three suppliers."""

    buyer: Actor
    request: str
    number: str
    wuxi: str
    ningbo: str
    rhein: str


@pytest.fixture
def call() -> Call:
    make.shipped()
    buyer = make.person("purchasing", name="何买")
    wuxi, ningbo = (create_supplier(SupplierInput(name=name), by=buyer).number for name in ("无锡泵业", "宁波泵业"))
    rhein = create_supplier(SupplierInput(name="Rheinwerk", currency="EUR", country="DE"), by=buyer).number
    ExchangeRate.objects.create(currency="EUR", valid_from=date(2026, 1, 1), rate=D("7.8"))
    lines = tuple(
        RequestedLine(sku=make.product(sku).sku, quantity=D(quantity), expected_price=D(100))
        for sku, quantity in (("PUMP-IQ", 10), ("SEAL-IQ", 4))
    )
    one = request_purchase(PurchaseRequestInput(lines=lines), by=buyer)
    asked = {line.pk: line.quantity for line in one.lines.all()}
    made = open_inquiry(InquiryInput(lines=asked, suppliers=[wuxi, ningbo, rhein]), by=buyer)
    return Call(buyer, one.number, made.number, wuxi, ningbo, rhein)


def offered(call: Call, supplier: str, *prices: str, days: int = 7, **more: object) -> None:
    given = Quotation(
        prices={at: D(price) for at, price in enumerate(prices, start=1)},
        days=dict.fromkeys(range(1, len(prices) + 1), days),
        **more,  # type: ignore[arg-type]
    )
    record_quotation(call.number, supplier, given, by=call.buyer)


def token(call: Call, supplier: str) -> str:
    return token_of_invitation(Invitation.objects.get(inquiry__number=call.number, supplier__number=supplier))


def test_a_call_is_mailed_to_those_who_have_yet_to_answer_with_an_address_of_their_own(call: Call) -> None:
    with make.refused(NobodyToMail):
        send_inquiry(call.number, by=call.buyer)
    for number, email, country in (
        (call.wuxi, "wuxi@pumps.example", "CN"),
        (call.ningbo, "ningbo@pumps.example", "CN"),
        (call.rhein, "rhein@pumps.example", "DE"),
    ):
        one = Supplier.objects.get(number=number)
        given = SupplierInput(name=one.name, email=email, currency=one.currency, country=country)
        change_supplier(number, given, version=1, by=call.buyer)
    offered(call, call.ningbo, "98")
    buyer = Client()
    email = User.objects.get(pk=call.buyer.id).email
    assert buyer.post("/sign-in/", {"email": email, "password": make.PASSWORD}).status_code in (302, 303)
    with post_office() as office:
        assert "/send/" in buyer.get(f"/inquiries/{call.number}/").content.decode()
        assert buyer.post(f"/inquiries/{call.number}/send/", {}).status_code == 303
        do_jobs()
        mails = {mail["To"]: mail for mail in office.mails}
    assert set(mails) == {"wuxi@pumps.example", "rhein@pumps.example"}
    chinese, english = (mails[f"{who}@pumps.example"].get_content() for who in ("wuxi", "rhein"))
    assert ("10 件" in chinese, "10 pcs" in english, "请" in english) == (True, True, False)
    links = {re.search(r"https://oms\.example\.com(/quotations/\S+/)", text)[1] for text in (chinese, english)}  # type: ignore[index]
    # An address holds the second in which it was made.
    ours = {token(call, one).partition(":")[0] for one in (call.wuxi, call.rhein)}
    assert {link.removeprefix("/quotations/").partition(":")[0] for link in links} == ours
    assert all("PUMP-IQ" in Client().get(link).content.decode() for link in links)
    with make.refused(NotPermitted):
        send_inquiry(call.number, by=make.person("finance"))
    cancel_inquiry(call.number, by=call.buyer)
    with make.refused(InquiryClosed):
        send_inquiry(call.number, by=call.buyer)


def test_offers_stand_side_by_side_in_company_currency(call: Call) -> None:
    offered(call, call.wuxi, "95", "20", days=14)
    offered(call, call.ningbo, "98")
    offered(call, call.rhein, "12", "3", days=30)
    one = get_inquiry(call.number, by=call.buyer)
    pumps, seals = (offers_of_inquiry(one)[line.pk] for line in one.lines.all())
    assert [(who, str(o.company_price.normalize()), o.is_cheapest, o.is_fastest) for who, o in pumps.items()] == [
        (call.wuxi, "95", False, False),
        (call.ningbo, "98", False, True),
        (call.rhein, "93.6", True, False),
    ]
    assert (set(seals), seals[call.wuxi].amount) == ({call.wuxi, call.rhein}, D(80))


def test_each_line_is_ordered_of_whom_was_chosen_at_their_price(call: Call) -> None:
    offered(call, call.wuxi, "95", "20", days=14)
    offered(call, call.rhein, "12", "3", days=30)
    orders = award_inquiry(call.number, {1: call.wuxi, 2: call.rhein}, by=call.buyer)
    bought = {order.supplier.number: (order.currency, order.total, order.requested_on) for order in orders}
    assert bought == {
        call.wuxi: ("CNY", D("950.00"), date(2026, 3, 16)),
        call.rhein: ("EUR", D("12.00"), date(2026, 4, 1)),
    }
    assert progress_of_request(get_purchase_request(call.request, by=call.buyer)) == "ordered"
    assert (Inquiry.objects.get().state, Quote.objects.filter(is_chosen=True).count()) == ("awarded", 2)
    with make.refused(InquiryClosed, "inquiry_closed"):
        award_inquiry(call.number, {1: call.wuxi}, by=call.buyer)
    with make.refused(InquiryClosed):
        answer_inquiry(token(call, call.wuxi), Quotation(prices={1: D(1)}), at=make.AT)


def test_only_what_was_offered_is_chosen(call: Call) -> None:
    offered(call, call.wuxi, "95")
    for position, supplier in ((2, call.wuxi), (1, call.ningbo), (9, call.wuxi), (1, "NONE")):
        with make.refused(NotQuoted, "not_quoted"):
            award_inquiry(call.number, {position: supplier}, by=call.buyer)


def test_an_offer_whose_day_is_over_is_not_ordered(call: Call) -> None:
    offered(call, call.wuxi, "95", valid_until=make.boss().today)
    late = make.on(call.buyer, days=1)
    with make.refused(OfferExpired, "offer_expired"):
        award_inquiry(call.number, {1: call.wuxi}, by=late)
    assert len(award_inquiry(call.number, {1: call.wuxi}, by=call.buyer)) == 1


def test_a_supplier_answers_by_their_signed_address_and_the_buyer_hears(call: Call) -> None:
    answer_inquiry(token(call, call.wuxi), Quotation(prices={1: D(95)}, remark="含运费"), at=make.AT)
    answer_inquiry(token(call, call.wuxi), Quotation(prices={1: D(94)}), at=make.AT)
    decline_inquiry(token(call, call.ningbo), at=make.AT, remark="停产")
    states = dict(Invitation.objects.values_list("supplier__number", "state"))
    assert states == {call.wuxi: "quoted", call.ningbo: "declined", call.rhein: "invited"}
    assert list(Quote.objects.values_list("unit_price", flat=True)) == [D(94)]
    do_jobs()
    assert Notice.objects.filter(person_id=call.buyer.id, subject_kind="inquiry").count() == 3


@pytest.mark.parametrize("wrong", ["", "x", "1:abc:def"])
def test_a_forged_address_leads_nowhere(call: Call, wrong: str) -> None:
    with make.refused(NotFound, "not_found"):
        answer_inquiry(wrong, Quotation(prices={1: D(1)}), at=make.AT)
    with make.refused(NotFound):
        answer_inquiry(signing.dumps(1, salt="shundan.notice"), Quotation(prices={1: D(1)}), at=make.AT)


@pytest.mark.parametrize(
    ("given", "path"),
    [
        (Quotation(prices={}), "prices"),
        (Quotation(prices={3: D(1)}), "lines[2].unit_price"),
        (Quotation(prices={1: D(-1)}), "lines[0].unit_price"),
        (Quotation(prices={1: D("0.0000001")}), "lines[0].unit_price"),
        (Quotation(prices={1: D(1)}, days={1: 731}), "lines[0].days"),
        (Quotation(prices={1: D(1)}, currency="€"), "currency"),
        (Quotation(prices={1: D(1)}, remark="x" * 501), "remark"),
    ],
)
def test_a_malformed_quotation_says_where(call: Call, given: Quotation, path: str) -> None:
    with make.refused(Malformed) as caught:
        answer_inquiry(token(call, call.wuxi), given, at=make.AT)
    assert [one.path for one in caught.value.details] == [path]


def test_only_open_requests_are_asked_about(call: Call) -> None:
    line = get_purchase_request(call.request, by=call.buyer).lines.all()[0]
    for quantity in (D(11), D(0)):
        with make.refused(OrderedAlready, "ordered_already"):
            open_inquiry(InquiryInput(lines={line.pk: quantity}, suppliers=[call.wuxi]), by=call.buyer)
    for lines, suppliers in (({}, [call.wuxi]), ({line.pk: D(1)}, []), ({line.pk: D(1)}, ["NONE"]), ({0: D(1)}, [])):
        with make.refused(Malformed):
            open_inquiry(InquiryInput(lines=lines, suppliers=suppliers), by=call.buyer)


def test_an_inquiry_is_cancelled_and_only_buyers_call(call: Call) -> None:
    finance = make.person("finance")
    assert [one.number for one in list_inquiries(by=finance, search="宁波", state="open").items] == [call.number]
    with make.refused(NotPermitted):
        cancel_inquiry(call.number, by=finance)
    assert cancel_inquiry(call.number, by=call.buyer).state == "cancelled"
    with make.refused(InquiryClosed):
        cancel_inquiry(call.number, by=call.buyer)
