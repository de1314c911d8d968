"""E-invoices: checks before sending, one invoice whatever gets lost, refusals and their second try, red letters."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from shundan.billing.actions import credit_invoice, issue_gathered_invoice, issue_invoice
from shundan.billing.models import Invoice
from shundan.catalog.models import Category, Product
from shundan.einvoices.actions import (
    TaxGatewayInput,
    ask_due_einvoices,
    look_again,
    revoke_red_letter,
    save_category_tax_codes,
    save_tax_gateway,
    send_einvoice,
    speak_of_einvoice,
)
from shundan.einvoices.actions.sending import (
    EInvoiceFaulty,
    EInvoiceKnown,
    NoTaxGateway,
    NothingToReverse,
    NotRevocable,
)
from shundan.einvoices.models import EInvoice, TaxGateway
from shundan.einvoices.queries import document_of, get_einvoice_file
from shundan.einvoices.registries import GatewayAway
from shundan.kernel.errors import Malformed, NotPermitted, VersionConflict
from shundan.kernel.models import Event
from tests import jobs, make
from tests.einvoices.conftest import BUYER, CODE, billed
from tests.integrations.nuonuo_desk import KEYS, NUMBER, RED_NUMBER, NuonuoDesk

pytestmark = pytest.mark.django_db


def fresh(invoice: Invoice) -> EInvoice:
    return EInvoice.objects.get(invoice_id=invoice.pk)


def do_jobs() -> None:
    """Do what was left to jobs, at the moment of the tests."""
    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_jobs where task_name = 'einvoices.speak' returning id, args", [])
        found = sorted(cursor.fetchall())
    for _id, arguments in found:
        speak_of_einvoice(json.loads(arguments)["einvoice_id"], by=make.boss())


def asked_later(hours: int = 0) -> int:
    return ask_due_einvoices(by=make.on(make.boss(), hours=hours, days=0))


def issued(office: NuonuoDesk) -> Invoice:
    """An invoice that the bureau has numbered."""
    invoice = billed()
    send_einvoice(invoice.number, medium="special", by=make.boss())
    do_jobs()
    asked_later(1)
    assert fresh(invoice).state == "issued"
    return invoice


def test_an_invoice_gets_its_number_and_its_file(office: NuonuoDesk) -> None:
    invoice = billed()
    sent = send_einvoice(invoice.number, medium="special", by=make.boss())
    assert (sent.state, sent.key, office.methods) == ("asked", f"{invoice.number}-1", [])
    do_jobs()
    assert fresh(invoice).state == "requested"
    assert asked_later(1) == 1
    found = fresh(invoice)
    assert (found.state, found.number, found.issued_at and found.issued_at.isoformat()) == (
        "issued",
        NUMBER,
        "2026-03-02T01:00:00+00:00",
    )
    # The file comes with the next question, and then there is nothing left to ask.
    asked_later(2)
    assert get_einvoice_file(invoice.number, "pdf", by=make.boss()) == b"%PDF-1.4 fapiao"
    assert fresh(invoice).asks_at is None and asked_later(3) == 0
    order = office.issued[f"{invoice.number}-1"]
    assert (order["invoiceLine"], order["buyerTaxNum"], order["salerTaxNum"]) == ("bs", BUYER, "91310000MA1K30001G")
    (line,) = order["invoiceDetail"]
    assert (line["goodsCode"], line["unit"], line["num"], line["taxRate"]) == (CODE, "件", "3", "0.13")
    assert line["price"] == "29.4966666667"
    assert (line["taxExcludedAmount"], line["tax"], line["taxIncludedAmount"]) == ("88.49", "11.50", "99.99")
    with make.refused(EInvoiceKnown):
        send_einvoice(invoice.number, by=make.boss())
    kinds = list(Event.objects.filter(kind__startswith="e_invoice").order_by("id").values_list("kind", flat=True))
    assert kinds == ["e_invoice.asked", "e_invoice.requested", "e_invoice.issued"]


def test_an_answer_that_is_lost_makes_no_second_invoice(office: NuonuoDesk) -> None:
    invoice = billed()
    office.loses = 1
    sent = send_einvoice(invoice.number, by=make.boss())
    with pytest.raises(GatewayAway):
        jobs.do_jobs()
    assert (fresh(invoice).state, fresh(invoice).trouble_code) == ("asked", "away")
    speak_of_einvoice(sent.pk, by=make.boss())
    assert fresh(invoice).state == "issued"
    assert list(office.issued) == [f"{invoice.number}-1"]
    assert office.methods == ["requestBillingNew", "requestBillingNew", "queryInvoiceResult"]


def test_a_refusal_is_kept_told_and_sent_anew_under_another_key(office: NuonuoDesk) -> None:
    asker = make.person("finance")
    invoice = billed()
    office.refuses = "购方税号不存在"
    send_einvoice(invoice.number, by=asker)
    do_jobs()
    found = fresh(invoice)
    assert (found.state, found.trouble_code, found.trouble) == ("refused", "E9113", "购方税号不存在")
    assert Event.objects.get(kind="e_invoice.refused").data["notify"] == [f"user:{asker.id}"]
    assert asked_later(9) == 0
    office.refuses, office.fails = "", "税局返回：授信额度不足"
    send_einvoice(invoice.number, by=asker)
    do_jobs()
    asked_later(1)
    assert (fresh(invoice).state, fresh(invoice).trouble) == ("refused", "税局返回：授信额度不足")
    office.fails = ""
    send_einvoice(invoice.number, by=asker)
    do_jobs()
    asked_later(1)
    assert (fresh(invoice).state, fresh(invoice).key) == ("issued", f"{invoice.number}-3")


def test_a_gateway_that_is_away_is_asked_less_and_less(office: NuonuoDesk) -> None:
    invoice = billed()
    send_einvoice(invoice.number, by=make.boss())
    TaxGateway.objects.update(base_url="http://127.0.0.1:9")
    assert [asked_later(hours) for hours in (0, 1, 1, 3)] == [1, 1, 0, 1]
    waits = fresh(invoice).asks_at
    assert waits is not None and waits - make.on(make.boss(), hours=3).at == timedelta(hours=1)


def test_what_the_bureau_would_refuse_is_not_sent(office: NuonuoDesk) -> None:
    goods = make.product(stock=3, tax_rate="zero")
    order = make.order(state="shipped", quantity=3, of=make.customer(), products=[goods])
    invoice = issue_invoice(order.number, by=make.boss())
    with make.refused(EInvoiceFaulty) as caught:
        send_einvoice(invoice.number, by=make.boss())
    assert [detail.code for detail in caught.value.details] == ["buyer_tax_number", "no_tax_code"]
    assert EInvoice.objects.count() == 0 and office.methods == []


def test_a_category_gives_its_code_to_what_has_none(office: NuonuoDesk) -> None:
    above = Category.objects.create(code="HW", name_zh="五金", name_en="Hardware")
    below = Category.objects.create(code="HW-S", name_zh="螺丝", name_en="Screws", parent=above)
    save_category_tax_codes({"HW": CODE, "HW-S": " "}, by=make.boss())
    invoice = billed()
    Product.objects.update(tax_category_code="", category=below)
    send_einvoice(invoice.number, by=make.boss())
    assert fresh(invoice).content["lines"][0]["code"] == CODE
    for codes in ({"HW": "12"}, {"NO": CODE}):
        with make.refused(Malformed):
            save_category_tax_codes(codes, by=make.boss())


def test_a_red_letter_waits_for_the_buyer_and_is_issued(office: NuonuoDesk) -> None:
    invoice = issued(office)
    note = credit_invoice(invoice.number, reason="退货", by=make.boss())
    send_einvoice(note.number, reason="returned", by=make.boss())
    do_jobs()
    red = fresh(note)
    assert (red.kind, red.medium, red.state, red.form_number) == ("red", "special", "waiting", "1403011906000993")
    form = office.forms[f"{note.number}-1"]
    assert (form["blueElecInvoiceNumber"], form["redReason"], "detail" in form) == (NUMBER, "1", False)
    office.form_status = "04"
    asked_later(2)
    assert (fresh(note).state, fresh(note).number) == ("issued", RED_NUMBER)
    with make.refused(NotRevocable):
        revoke_red_letter(note.number, by=make.boss())


def test_a_red_letter_is_revoked_or_denied_and_asked_for_anew(office: NuonuoDesk) -> None:
    invoice = issued(office)
    note = credit_invoice(invoice.number, reason="开错", by=make.boss())
    send_einvoice(note.number, by=make.boss())
    do_jobs()
    revoke_red_letter(note.number, by=make.boss())
    do_jobs()
    assert fresh(note).state == "revoked"
    office.form_status = "05"
    send_einvoice(note.number, by=make.boss())
    do_jobs()
    found = fresh(note)
    assert (found.state, found.trouble_code, found.trouble) == ("refused", "denied", "购方否认：货物未退回")
    assert found.key == f"{note.number}-2"


def test_what_cannot_be_revoked_any_more_goes_on(office: NuonuoDesk) -> None:
    note = credit_invoice(issued(office).number, reason="开错", by=make.boss())
    send_einvoice(note.number, by=make.boss())
    do_jobs()
    revoke_red_letter(note.number, by=make.boss())
    office.form_status = "03"
    do_jobs()
    found = fresh(note)
    assert (found.state, found.is_revoking, found.trouble_code) == ("waiting", False, "E9701")


def test_part_of_an_invoice_is_corrected_by_its_lines(office: NuonuoDesk) -> None:
    of = make.customer(tax_title="上海博远科技有限公司", tax_number=BUYER)
    orders = [
        make.order(state="shipped", quantity=2, of=of, products=[make.product(stock=2, tax_category_code=CODE)])
        for _ in range(2)
    ]
    invoice = issue_gathered_invoice([one.number for one in orders], by=make.boss())
    blue = send_einvoice(invoice.number, by=make.boss())
    whole = document_of(invoice, medium="general")
    assert [line.position for line in whole.lines] == [1, 2]
    blue.number = NUMBER
    part = Invoice.objects.get(pk=invoice.pk)
    part.lines.all()
    document = document_of(invoice, medium="general", original=blue)
    assert (document.original, document.is_whole) == (NUMBER, False)


def test_only_what_was_issued_is_reversed_and_only_by_those_who_may(office: NuonuoDesk) -> None:
    invoice = billed()
    with make.refused(NotPermitted):
        send_einvoice(invoice.number, by=make.person("rep"))
    note = credit_invoice(invoice.number, reason="开错", by=make.boss())
    with make.refused(NothingToReverse):
        send_einvoice(note.number, by=make.boss())
    TaxGateway.objects.update(is_active=False)
    with make.refused(NoTaxGateway):
        send_einvoice(invoice.number, by=make.boss())


def test_the_account_keeps_its_secrets_and_its_version(office: NuonuoDesk) -> None:
    kept = TaxGateway.objects.get()
    assert KEYS["app_secret"] not in str(kept.settings) and bytes(kept.sealed)
    with make.refused(VersionConflict):
        save_tax_gateway(TaxGatewayInput(gateway="nuonuo", settings=KEYS), by=make.boss())
    for wrong in ({"rates": "a"}, {"app_key": ""}):
        with make.refused(Malformed):
            save_tax_gateway(TaxGatewayInput(gateway="nuonuo", settings=KEYS | wrong, version=1), by=make.boss())
    with make.refused(Malformed):
        given = TaxGatewayInput(gateway="nuonuo", base_url="http://example.com", settings=KEYS, version=1)
        save_tax_gateway(given, by=make.boss())
    plain = {name: value for name, value in KEYS.items() if "secret" not in name and "token" not in name}
    save_tax_gateway(TaxGatewayInput(gateway="nuonuo", settings=plain, version=1), by=make.boss())
    assert look_again is not None and Decimal(1)
