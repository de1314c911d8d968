"""The ledger's pages: lists, one journal, accounts and rules, closing a month, handing over, the proof."""

import json
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from shundan.catalog.actions import PriceInput, RateInput, save_exchange_rates
from shundan.kernel.actor import Actor
from shundan.ledger.actions import post_missing_journals, prove_ledger
from shundan.ledger.models import AccountingPeriod, HandOver, Journal, LedgerAccount, OpeningBalances, PostingRule
from tests import make
from tests.jobs import do_jobs
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> Actor:
    make.shipped()
    return make.person("finance")


def text_of(answer: Any) -> str:
    return answer.content.decode()


def key_of(page: str) -> str:
    found = re.search(r'name="idempotency_key" value="([^"]+)"', page)
    assert found
    return found[1]


def written() -> None:
    do_jobs()
    while post_missing_journals(at=make.AT):
        pass


def test_journals_are_listed_filtered_shown_and_linked(clerk: Actor, browser_of: Browser) -> None:
    browser = browser_of(clerk)
    assert "No journals yet" in text_of(browser.get("/journals/"))
    invoice = make.invoice()
    payment = make.payment(invoice.customer, "1000.00")
    written()
    of_invoice = Journal.objects.get(source_kind="invoice")
    page = text_of(browser.get(f"/journals/?q={invoice.number}"))
    assert of_invoice.number in page and f"/invoices/{invoice.number}/" in page
    assert "Nothing fits" in text_of(browser.get("/journals/?period=2020-01"))
    shown = text_of(browser.get(f"/journals/{of_invoice.number}/"))
    for word in ("1122", "Accounts receivable", "884.96", "115.04", invoice.customer.name):
        assert word in shown
    for path, number in ((f"/invoices/{invoice.number}/", invoice.number), (f"/payments/{payment.number}/", "RC-")):
        assert f"/journals/?q={number}" in text_of(browser.get(path))
    balance = text_of(browser.get("/trial-balance/?first=2026-03"))
    assert "1122" in balance and "Revenue from main business" in balance
    assert "No account has moved" in text_of(browser.get("/trial-balance/?first=2020-01"))


def test_accounts_and_rules_are_kept(clerk: Actor, browser_of: Browser) -> None:
    browser = browser_of(clerk)
    key = key_of(text_of(browser.get("/accounts/")))
    added = {"code": "600101", "name_zh": "泵类收入", "kind": "income", "is_active": "1", "idempotency_key": key}
    assert browser.post("/accounts/save/", added).status_code == 303
    again = browser.post("/accounts/save/", added | {"idempotency_key": f"{key}-2"})
    assert again.status_code == 422 and "exists already" in text_of(again)
    rule = {"role": "revenue", "account": "600101", "tax": "vat13", "idempotency_key": f"{key}-3"}
    assert browser.post("/accounts/rules/", rule).status_code == 303
    kept = PostingRule.objects.get(account__code="600101")
    assert "600101" in text_of(browser.get("/accounts/"))
    retire = added | {"version": "1", "is_active": "", "idempotency_key": f"{key}-4"}
    assert "Posting rules still use account 600101" in text_of(browser.post("/accounts/save/", retire))
    removed = browser.post(f"/accounts/rules/{kept.pk}/remove/", {"idempotency_key": f"{key}-5"})
    assert removed.status_code == 303 and not PostingRule.objects.filter(pk=kept.pk).exists()
    assert browser.post("/accounts/save/", retire | {"idempotency_key": f"{key}-6"}).status_code == 303
    assert not LedgerAccount.objects.get(code="600101").is_active
    default = PostingRule.objects.get(role="revenue").pk
    refused = browser.post(f"/accounts/rules/{default}/remove/", {"idempotency_key": f"{key}-7"})
    assert refused.status_code == 409 and "default" in text_of(refused)


def test_a_month_is_closed_a_posting_into_it_is_refused_on_its_page_and_it_is_reopened(
    clerk: Actor, browser_of: Browser
) -> None:
    invoice = make.invoice()
    written()
    browser, chief = browser_of(clerk), browser_of(make.person("executive"))
    page = text_of(browser.get("/accounting-periods/"))
    closing = {"idempotency_key": key_of(page), "reason": "月末结账"}
    assert browser.post("/accounting-periods/2026-03/close/", closing).status_code == 303
    assert AccountingPeriod.objects.get().state == "closed"
    paid = browser.post(
        "/payments/new/",
        {
            "customer": invoice.customer.number,
            "amount": "5.00",
            "method": "cash",
            "received_on": "2026-03-05",
            "idempotency_key": "k-9",
        },
    )
    assert paid.status_code == 409 and "2026-03 is closed" in text_of(paid)
    assert browser.post("/accounting-periods/2026-03/reopen/", closing).status_code == 403
    page = text_of(chief.get("/accounting-periods/"))
    reopening = {"idempotency_key": key_of(page), "reason": "补票"}
    assert chief.post("/accounting-periods/2026-03/reopen/", reopening).status_code == 303
    assert AccountingPeriod.objects.get().reason == "补票"
    assert browser.post("/accounting-periods/nothing/close/", closing).status_code == 404


def test_a_batch_is_made_and_downloaded_and_the_proof_is_shown(clerk: Actor, browser_of: Browser) -> None:
    invoice = make.invoice()
    written()
    browser = browser_of(clerk)
    page = text_of(browser.get("/hand-overs/"))
    form = {"form": "yonyou", "until_on": "2026-03-31", "idempotency_key": key_of(page)}
    assert browser.post("/hand-overs/make/", form).status_code == 303
    batch = HandOver.objects.get()
    assert "is being written" in text_of(browser.get(f"/hand-overs/{batch.number}/"))
    assert browser.get(f"/hand-overs/{batch.number}/file/").status_code == 404
    do_jobs()
    assert f"/hand-overs/{batch.number}/file/" in text_of(browser.get(f"/hand-overs/{batch.number}/"))
    file = browser.get(f"/hand-overs/{batch.number}/file/")
    assert file.content.decode("gb18030").startswith("填制凭证,V800\r\n2026-03-02,记,")
    assert invoice.number in file.content.decode("gb18030")
    again = browser.post("/hand-overs/make/", form | {"idempotency_key": "k-2"})
    assert again.status_code == 409 and "handed over already" in text_of(again)
    assert "Not compared yet" in text_of(browser.get("/ledger-proof/"))
    assert browser.post("/ledger-proof/now/", {"idempotency_key": "k-3"}).status_code == 303
    assert "Journals, books and orders agree" in text_of(browser.get("/ledger-proof/"))


@pytest.mark.breaks_invariants
def test_a_difference_is_shown_with_both_sides(clerk: Actor, browser_of: Browser) -> None:
    invoice = make.invoice()
    written()
    with connection.cursor() as cursor:
        cursor.execute("update billing_creditaccount set receivable = receivable + 1")
    prove_ledger(by=make.boss())
    page = text_of(browser_of(clerk).get("/ledger-proof/"))
    for word in (invoice.customer.name, "1001.00", "1000.00", "Journals and books differ"):
        assert word in page
    assert date(2026, 3, 2) == Journal.objects.get(source_kind="invoice").booked_on


def test_opening_balances_come_from_a_file_are_corrected_entered_and_taken_back(
    clerk: Actor, browser_of: Browser
) -> None:
    browser, customer = browser_of(clerk), make.customer()
    file = SimpleUploadedFile(
        "期初.csv", f"科目,客户,借方,贷方\n1122,{customer.number},500,\n4001,,,400".encode("gb18030")
    )
    filled = text_of(browser.post("/opening-balances/enter/", {"do": "read", "file": file}))
    assert f'"party": "{customer.number}"' in filled
    rows = [
        {"account": "1122", "party": customer.number, "debit": "500.00"},
        {"account": "4001", "credit": "1,400.00"},
    ]
    form = {"period": "2026-03", "idempotency_key": key_of(filled), "rows": json.dumps(rows)}
    refused = browser.post("/opening-balances/enter/", form)
    assert refused.status_code == 409 and "they differ by -900.00" in text_of(refused)
    assert '"credit": "1,400.00"' in text_of(refused), "what was typed stays"
    rows[1]["credit"] = "500.00"
    done = browser.post("/opening-balances/enter/", form | {"rows": json.dumps(rows), "idempotency_key": "k-2"})
    assert done.status_code == 303
    page = text_of(browser.get("/opening-balances/"))
    assert customer.name in page and "Enter opening balances" not in page
    gone = {"reason": "录错", "idempotency_key": key_of(page)}
    assert browser.post("/opening-balances/take-back/", gone).status_code == 303
    page = text_of(browser.get("/opening-balances/"))
    assert "录错" in page and "Enter opening balances" in page
    assert "Enter opening balances" not in text_of(browser_of(make.person("auditor")).get("/opening-balances/"))
    wrong = browser.post("/opening-balances/enter/", {"do": "read", "file": SimpleUploadedFile("x.csv", b"a,b\n1,2")})
    assert wrong.status_code == 400 or "must name the columns" in text_of(wrong)


def test_faults_of_opening_balances_name_row_and_column_and_there_may_be_hundreds(
    clerk: Actor, browser_of: Browser
) -> None:
    browser, customer = browser_of(clerk), make.customer()
    form = {"period": "2026-03", "idempotency_key": key_of(text_of(browser.get("/opening-balances/")))}
    rows: list[object] = [{"account": "4001", "credit": "300"}]
    rows += [{"account": "1122", "party": customer.number, "debit": "1"} for _row in range(300)]
    wrong = [*rows, {"account": "1122", "debit": "12x"}, {"account": "9999", "debit": "1"}, "nonsense"]
    refused = text_of(browser.post("/opening-balances/enter/", form | {"rows": json.dumps(wrong)}))
    assert "Row 302, Debit (Dr): Enter a number such as 1234.50." in refused
    refused = text_of(browser.post("/opening-balances/enter/", form | {"rows": json.dumps([*rows, wrong[-2]])}))
    assert "Row 302, Ledger account: There is no such account, or it is retired." in refused
    refused = text_of(
        browser.post("/opening-balances/enter/", form | {"rows": json.dumps([{"account": "1122", "debit": "1"}])})
    )
    assert "Row 1, Customer or supplier: This account is kept by customer or supplier: name one." in refused
    for nothing in ("{", "7", "[" * 5000):
        assert browser.post("/opening-balances/enter/", form | {"rows": nothing}).status_code == 422
    assert not OpeningBalances.objects.exists()
    done = browser.post("/opening-balances/enter/", form | {"rows": json.dumps(rows)})
    assert done.status_code == 303
    assert OpeningBalances.objects.get().total == 300


def test_a_batch_is_taken_back_and_a_month_revalued(clerk: Actor, browser_of: Browser) -> None:
    rate = RateInput(currency="USD", valid_from=date(2026, 3, 1), rate=Decimal("7"))
    later = RateInput(currency="USD", valid_from=date(2026, 3, 31), rate=Decimal("7.1"))
    save_exchange_rates([rate, later], by=make.on(make.boss(), days=31))
    goods = make.product(stock=1, prices=(PriceInput(amount=Decimal("100.00"), currency="USD"),))
    invoice = make.invoice(make.order(state="shipped", quantity=1, products=[goods], currency="USD", includes_tax=True))
    written()
    browser = browser_of(clerk)
    page = text_of(browser.get("/revaluation/?month=2026-03"))
    assert invoice.customer.name in page and "Revalue 2026-03" in page
    assert browser.post("/revaluation/2026-03/", {"idempotency_key": key_of(page)}).status_code == 303
    page = text_of(browser.get("/revaluation/?month=2026-03"))
    assert "RV-202603-USD-1" in page and "2026-03 is revalued" in page and "Revalue 2026-03" not in page
    assert browser.post("/revaluation/nothing/", {"idempotency_key": "k-1"}).status_code == 404

    made = {"form": "csv", "until_on": "2026-03-31", "idempotency_key": "k-3"}
    assert browser.post("/hand-overs/make/", made).status_code == 303
    batch = HandOver.objects.get()
    address = f"/hand-overs/{batch.number}/"
    taken = browser.post(f"{address}take-back/", {"reason": "未导入", "idempotency_key": "k-4"})
    assert taken.status_code == 303
    page = text_of(browser.get(address))
    assert "This batch was taken back" in page and "未导入" in page and invoice.number in page
    again = browser.post(f"{address}take-back/", {"reason": "未导入", "idempotency_key": "k-5"})
    assert again.status_code == 409
    journal = Journal.objects.get(source_kind="invoice")
    assert batch.number in text_of(browser.get(f"/journals/{journal.number}/"))
