"""Papers of all kinds: who may have one, in which language, how large, and what stands on them."""

import base64
import re
import time
import zlib
from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils.translation import override

from shundan.billing.actions import credit_invoice
from shundan.billing.queries import get_invoice, get_payment
from shundan.billing.queries.papers import paper_of_invoice, paper_of_payment
from shundan.kernel.capitals import amount_in_capitals
from shundan.kernel.errors import Malformed, NotFound
from shundan.kernel.layouts import Layout
from shundan.kernel.prints import data_of_paper, pdf_of_paper, pdf_of_papers
from shundan.orders.queries import get_order, paper_of_order, papers_of_order
from shundan.orders.queries.papers import NoLongerOffered, OrderNotReleased
from shundan.papers.queries import print_paper, sample_paper
from shundan.papers.registries import PAPER_KINDS
from shundan.parties.actions import ContactInput, CustomerInput, create_customer
from tests import make
from tests.api.client import as_person
from tests.cast import Cast
from tests.web.conftest import Browser
from tests.web.conftest import _plain_static_files as _plain_static_files
from tests.web.conftest import browser_of as browser_of

pytestmark = pytest.mark.django_db
D = Decimal
ALL_KINDS = {
    "quotation", "confirmation", "contract", "purchase_order", "return_order", "transfer_order", "pick_list",
    "packing_list", "delivery_note", "invoice", "credit_note", "receipt", "statement", "reminder",
}  # fmt: skip


def pages_of(pdf: bytes) -> int:
    """Return how many pages a PDF has, also where its objects are packed."""
    text = pdf
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            text += zlib.decompress(packed)
        except zlib.error:
            continue
    return len(re.findall(rb"/Type\s*/Page\b", text))


@pytest.mark.parametrize(
    ("amount", "currency", "zh", "en"),
    [
        ("1409.50", "CNY", "人民币壹仟肆佰零玖元伍角整", "CNY one thousand four hundred nine and 50/100"),
        ("6007.14", "CNY", "人民币陆仟零柒元壹角肆分", "CNY six thousand seven and 14/100"),
        ("325.04", "CNY", "人民币叁佰贰拾伍元零肆分", "CNY three hundred twenty-five and 04/100"),
        ("100000", "CNY", "人民币壹拾万元整", "CNY one hundred thousand only"),
        ("20000001", "USD", "美元贰仟万零壹元整", "USD twenty million one only"),
        ("0.05", "CNY", "人民币伍分", "CNY zero and 05/100"),
        ("0", "CNY", "人民币零元整", "CNY zero only"),
        ("-12.30", "CNY", "人民币负壹拾贰元叁角整", "CNY minus twelve and 30/100"),
        ("1500", "JPY", "日元壹仟伍佰元整", "JPY one thousand five hundred only"),
    ],
)
def test_amounts_are_told_in_words_that_nobody_changes(amount: str, currency: str, zh: str, en: str) -> None:
    assert amount_in_capitals(D(amount), currency, language="zh-hans") == zh
    assert amount_in_capitals(D(amount), currency, language="en") == en


def test_every_kind_is_offered_and_has_a_sample_in_both_languages() -> None:
    assert set(PAPER_KINDS) == ALL_KINDS
    for language in ("zh-hans", "en"):
        with override(language):
            for kind in ALL_KINDS:
                paper = sample_paper(kind)
                assert paper.title and all(len(row) == len(paper.columns) for row in paper.rows)
    assert pdf_of_paper(paper, None).startswith(b"%PDF")


def test_an_order_is_offered_agreed_and_confirmed_in_this_order() -> None:
    draft = make.order(state="draft")
    assert papers_of_order(draft) == ["quotation"]
    with make.refused(OrderNotReleased):
        paper_of_order(draft, "contract")
    with make.refused(NotFound):
        paper_of_order(draft, "purchase_order")
    order = get_order(make.order(state="confirmed").number, by=make.boss())
    assert papers_of_order(order) == ["confirmation", "contract"]
    with make.refused(NoLongerOffered, "no_longer_offered"):
        paper_of_order(order, "quotation")
    with override("en"):
        contract, confirmation = paper_of_order(order, "contract"), paper_of_order(order)
    assert dict(contract.facts)["Buyer (Party B)"] == order.party_name
    assert contract.terms.startswith("1. Quality") and confirmation.terms == ""
    assert confirmation.in_words == amount_in_capitals(order.total, "CNY", language="en")
    assert dict(confirmation.sums)["Tax"] == f"{order.tax:,.2f} CNY"
    assert confirmation.opens == f"/orders/{order.number}/"


def test_a_paper_speaks_its_receivers_language_unless_another_is_asked_for() -> None:
    contacts = (ContactInput(name="Ann", phone="1", is_main=True),)
    given = CustomerInput(name="Acme Ltd", language="en", contacts=contacts)
    english = create_customer(given, by=make.boss())
    number = make.order(state="confirmed", of=english).number
    boss = make.boss()
    with override("zh-hans"):
        own, asked = (print_paper("confirmation", number, by=boss, language=one) for one in ("", "zh-hans"))
        assert own.content != asked.content
        with override("en"):
            assert len(print_paper("confirmation", number, by=boss).content) == len(own.content)
    for wrong in ({"language": "fr"}, {"size": "a3"}):
        with make.refused(Malformed):
            print_paper("confirmation", number, by=boss, **wrong)
    with make.refused(NotFound):
        print_paper("menu", number, by=boss)


def test_money_papers_say_what_is_owed_and_what_was_paid() -> None:
    invoice = make.invoice()
    payment = make.payment(invoice.customer, "700.00")
    boss = make.boss()
    with override("en"):
        paper = paper_of_invoice(get_invoice(invoice.number, by=boss))
        receipt = paper_of_payment(get_payment(payment.number, by=boss))
    assert (paper.kind, paper.title, paper.totals[-1]) == ("invoice", "Commercial invoice", "1,000.00")
    assert paper.in_words == "CNY one thousand only"
    assert receipt.rows == [["1", invoice.number, invoice.order.number, "700.00"]]
    assert receipt.in_words == "CNY seven hundred only"
    other = make.invoice()
    note = credit_invoice(other.number, reason="价格有误", by=boss)
    with override("en"):
        paper = paper_of_invoice(get_invoice(note.number, by=boss))
    assert (paper.kind, dict(paper.facts)["Corrects"], paper.totals[-1]) == ("credit_note", other.number, "-1,000.00")
    # A list of invoices holds both; each is printed as what it is.
    assert print_paper("invoice", note.number, by=boss).name == f"credit_note-{note.number}"
    with make.refused(NotFound):
        print_paper("credit_note", other.number, by=boss)


def test_copies_and_pages_are_counted_and_columns_left_out() -> None:
    paper = replace(sample_paper("delivery_note"), rows=[["1", "A", "长" * 30, "5"]] * 40, totals=["", "", "", "200"])
    for size, copies, least in (("a4", (), 1), ("a5", ("存根", "客户"), 4), ("needle", ("存根", "客户", "财务"), 6)):
        pdf = pdf_of_paper(paper, None, Layout(size=size, copies=copies))
        assert pages_of(pdf) >= least, size
        assert pages_of(pdf) % max(len(copies), 1) == 0
    data = data_of_paper(paper, None, Layout(hidden=("position", "sku")))
    assert [len(row) for row in data["rows"]] == [2] * 40  # type: ignore[attr-defined]
    assert data["totals"] == ["", "200"]
    two = data_of_paper(paper, None)
    assert pages_of(pdf_of_papers([two, two])) == 2 * pages_of(pdf_of_papers([two]))


def test_two_hundred_lines_are_small_and_quick() -> None:
    name = "不锈钢内六角圆柱头螺钉 DIN912 A2-70"
    rows = [
        [str(at), f"SKU-{at:05}", f"{name} M{at % 30}×{at}", "100 个", "12.30", "13%", "1,230.00"] for at in range(200)
    ]
    paper = replace(sample_paper("confirmation"), rows=rows)
    pdf_of_paper(replace(paper, rows=rows[:1]), None)
    begin = time.monotonic()
    pdf = pdf_of_paper(paper, None)
    # What the house promises is 1.5 s (bench/papers.py); a busy machine gets some more.
    assert time.monotonic() - begin < 6
    assert len(pdf) < 300_000
    assert pages_of(pdf) >= 5


def test_pages_and_api_give_papers_to_those_who_see_the_document(people: Cast, browser_of: Browser) -> None:
    order = make.order(state="confirmed", of=people.boyuan, by=people.wang)
    invoice = make.invoice(make.order(state="shipped", of=people.boyuan, by=people.wang))
    paid = make.payment(people.boyuan, "100.00")
    places = {
        f"/orders/{order.number}/papers/contract.pdf": people.wang,
        f"/orders/{order.number}/papers/confirmation.pdf?size=needle&language=en": people.wang,
        f"/invoices/{invoice.number}/invoice.pdf": people.zhao,
        f"/payments/{paid.number}/receipt.pdf?size=a5": people.zhao,
    }
    for place, person in places.items():
        answer = browser_of(person).get(place)
        assert (answer.status_code, answer.content[:4]) == (200, b"%PDF"), place
        # A colleague of another department cannot tell it from what does not exist.
        assert browser_of(people.li).get(place).status_code == 404, place
    assert browser_of(people.wang).get(f"/orders/{order.number}/papers/quotation.pdf").status_code == 409
    assert (
        f"/orders/{order.number}/papers/contract.pdf"
        in browser_of(people.wang).get(f"/orders/{order.number}/").content.decode()
    )
    zhao = as_person(people.zhao)
    for path in (
        f"/orders/{order.number}/papers/confirmation",
        f"/invoices/{invoice.number}/paper?size=a5",
        f"/payments/{paid.number}/paper?language=en",
    ):
        answer = zhao.get(path)
        assert base64.b64decode(answer.body["content"]).startswith(b"%PDF"), answer.body
        assert as_person(people.li).get(path).status in (403, 404)
    assert zhao.get(f"/credit-notes/{invoice.number}/paper").status == 404


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_each_sample_fills_its_columns_and_says_amounts_only_where_it_has_some(language: str) -> None:
    with override(language):
        samples = {kind: sample_paper(kind) for kind in PAPER_KINDS}
    assert len(samples) >= 14
    for kind, paper in samples.items():
        assert not [cell for row in paper.rows for cell in row if cell in ("", "…")], kind
    bare = {"transfer_order", "pick_list", "packing_list", "delivery_note"}
    assert {kind for kind, paper in samples.items() if not paper.in_words and not paper.sums} == bare
    assert samples["invoice"].sums[0][1] == "1,250.00"
