"""Bank entries, write-offs and automatic allocation on the pages and over the API."""

import base64

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from shundan.billing.models import Payment
from shundan.settlement.models import BankEntry, Charge
from tests import make
from tests.api.client import as_person
from tests.jobs import do_jobs
from tests.settlement.samples import bank_csv
from tests.web.conftest import Browser
from tests.web.conftest import _plain_static_files as _plain_static_files
from tests.web.conftest import browser_of as browser_of

pytestmark = pytest.mark.django_db


def test_a_statement_goes_from_the_file_to_the_payment(browser_of: Browser) -> None:
    invoice, other = make.invoice(), make.invoice(make.order(state="shipped", of=make.customer("北京启明有限公司")))
    finance = make.person("finance", name="赵会计")
    web, api = browser_of(finance), as_person(finance)
    content = bank_csv(
        f"20260302,1000.00,,,{invoice.customer.name},,货款 {invoice.number},L1",
        "20260303,400.00,,,北京启明,,,L2",
        "20260303,0.21,,,,,利息,L3",
        "20260303,,9.00,,,,手续费,L4",
    )
    name = "三月.csv"
    body = {"name": name, "content": base64.b64encode(content).decode(), "account": "工行 1234"}
    taken = api.post("/bank-statements", body)
    assert (taken.status, taken.body["items"][0]["entries_new"]) == (201, 4)
    assert api.post("/bank-statements", body).code == "bank_statement_known"
    broken = api.post("/bank-statements", body | {"content": base64.b64encode(b"a,b\n1,2\n").decode()})
    assert (broken.status, broken.places) == (422, {"body.content": "no_headings"})

    listed = web.get("/bank/").content.decode()
    assert listed.count(">Confirm</button>") == 1 and "北京启明" in listed and "利息" in listed
    rows = {one.reference: one for one in BankEntry.objects.all()}
    hint = api.get(f"/bank-entries/{rows['L1'].pk}").body["suggestions"][0]
    assert (hint["signs"], hint["is_sure"]) == (["number", "name", "amount"], True)
    done = web.post(
        f"/bank/{rows['L1'].pk}/book/",
        {"customer": invoice.customer.number, f"allocate-{invoice.number}": "1000.00", "idempotency_key": "b-1"},
    )
    assert (done.status_code, done["Location"]) == (303, "/bank/")
    payment = Payment.objects.get(reference="L1")
    assert f"/bank/{rows['L1'].pk}/" in web.get(f"/payments/{payment.number}/").content.decode()

    shown = web.get(f"/bank/{rows['L2'].pk}/?customer={other.customer.number}").content.decode()
    assert other.number in shown and "Assign" not in shown.split("<main")[0].rpartition("</nav>")[2]
    booked = api.post(f"/bank-entries/{rows['L2'].pk}/book", {"customer": other.customer.number})
    assert (booked.status, booked.body["state"]) == (200, "booked")
    assert api.post(f"/bank-entries/{rows['L2'].pk}/book", {"customer": other.customer.number}).code == (
        "bank_entry_decided"
    )

    refused = web.post(f"/bank/{rows['L3'].pk}/ignore/", {"reason": "", "idempotency_key": "b-2"})
    assert refused.status_code == 422 and "This field is required." in refused.content.decode()
    assert web.post(f"/bank/{rows['L3'].pk}/ignore/", {"reason": "利息", "idempotency_key": "b-3"}).status_code == 303
    assert api.post(f"/bank-entries/{rows['L3'].pk}/reopen").body["state"] == "open"
    views = {view: len(api.get(f"/bank-entries?view={view}").body["items"]) for view in ("open", "booked", "outgoing")}
    assert views == {"open": 1, "booked": 2, "outgoing": 1}
    assert "手续费" in web.get("/bank/?view=outgoing").content.decode()


def test_a_file_is_uploaded_on_the_page_and_a_faulty_one_is_explained(browser_of: Browser) -> None:
    web = browser_of(make.person("finance"))

    def send(content: bytes) -> tuple[int, str]:
        answer = web.post("/bank/upload/", {"file": SimpleUploadedFile("a.csv", content), "currency": "CNY"})
        return answer.status_code, answer.content.decode()

    status, text = send(b"date,amount\n2026-03-01,five\n")
    assert status == 422 and "Row 2: the amount cannot be read." in text
    assert send(b"date,amount\n2026-03-01,5\n")[0] == 303
    assert "1 new entry." in web.get("/bank/").content.decode()
    assert "a.csv" in web.get("/bank/upload/").content.decode()


def test_differences_are_written_off_on_the_page_and_over_the_api(browser_of: Browser) -> None:
    invoice = make.invoice()
    payment = make.payment(invoice.customer, "999.95", allocations={})
    finance = make.person("finance")
    web, api = browser_of(finance), as_person(finance)
    assert web.post(f"/payments/{payment.number}/allocate-automatically/").status_code == 303
    payment.refresh_from_db()
    assert payment.unallocated == 0
    assert api.post(f"/payments/{payment.number}/allocate-automatically").code == "nothing_to_allocate"
    page = web.get(f"/invoices/{invoice.number}/write-off/").content.decode()
    assert 'value="0.05"' in page and "up to" in page
    typed = {"amount": "0.05", "reason": "手续费", "idempotency_key": "w-1"}
    done = web.post(f"/invoices/{invoice.number}/write-off/", typed)
    assert (done.status_code, done["Location"]) == (303, f"/invoices/{invoice.number}/")
    shown = web.get(f"/invoices/{invoice.number}/").content.decode()
    assert "WO-2026-000001" in shown and "Write off" not in shown
    assert "Write-off" in web.get("/payments/WO-2026-000001/").content.decode()
    more = make.payment(invoice.customer, "20.00", allocations={})
    above = api.post(f"/payments/{more.number}/write-off", {"reason": "x"})
    assert (above.status, above.code) == (403, "write_off_above_limit")
    boss = as_person(make.person("executive"))
    limits = [{"role": "finance", "amount": "20.00"}, {"role": "executive", "amount": None}]
    terms = {"write_off_limits": limits, "drafts_count_on": "receipt", "draft_notice_days": 10}
    terms |= {"bill_tolerance_percent": "1.00", "bill_tolerance_amount": "1.00"}
    assert boss.put("/settlement-terms", {"write_off_limits": limits[:1]}).body == terms
    assert api.post(f"/payments/{more.number}/write-off", {"reason": "x"}).status == 201


def test_limits_of_roles_are_kept_on_their_page(browser_of: Browser) -> None:
    web, boss = browser_of(make.person("finance")), browser_of(make.person("executive"))
    shown = web.get("/settlement-terms/").content.decode()
    assert "10.00" in shown and "Without limit" in shown and 'name="limit-finance"' not in shown
    assert 'name="limit-executive"' in boss.get("/settlement-terms/").content.decode()
    typed = {"limit-finance": "30", "limit-executive": "", "draft_notice_days": "10"}
    refused = boss.post("/settlement-terms/", typed | {"idempotency_key": "s-1"})
    assert refused.status_code == 422 and "This field is required." in refused.content.decode()
    assert boss.post("/settlement-terms/", typed | {"limit-executive": "900"}).status_code == 303
    shown = web.get("/settlement-terms/").content.decode()
    assert "30.00" in shown and "900.00" in shown and "Without limit" not in shown
    invoice = make.invoice()
    assert "30.00" in web.get(f"/invoices/{invoice.number}/write-off/").content.decode()


def test_a_gateway_is_set_up_and_an_invoice_is_paid_by_its_link(browser_of: Browser) -> None:
    invoice = make.invoice()
    admin, finance = make.person("admin"), make.person("finance")
    keeper, web, api = browser_of(admin), browser_of(finance), as_person(finance)
    assert "Stripe" in keeper.get("/gateways/").content.decode()
    typed = {"gateway": "stripe", "code": "web", "name": "Web shop", "base_url": "http://127.0.0.1:9", "is_active": "1"}
    refused = keeper.post("/gateways/new/", typed | {"set-secret_key": "sk_1", "idempotency_key": "g-1"})
    assert refused.status_code == 422 and "This field is required." in refused.content.decode()
    keys = {"set-secret_key": "sk_1", "set-webhook_secret": "wh_1"}
    assert keeper.post("/gateways/new/", typed | keys | {"idempotency_key": "g-2"}).status_code == 303
    shown = keeper.get("/gateways/web/").content.decode()
    assert "sk_1" not in shown and "/api/v1/gateway-notices/" in shown
    listed = as_person(admin).get("/gateway-accounts").body["items"]
    assert listed[0]["secrets_known"] == ["secret_key", "webhook_secret"] and "sk_1" not in str(listed)

    assert "Payment link" in web.get(f"/invoices/{invoice.number}/").content.decode()
    assert "Web shop" in web.get(f"/invoices/{invoice.number}/charge/").content.decode()
    above = web.post(f"/invoices/{invoice.number}/charge/", {"account": "web", "amount": "1000.01"})
    assert above.status_code == 422
    made = web.post(f"/invoices/{invoice.number}/charge/", {"account": "web", "amount": "1000.00"})
    assert made.status_code == 303
    do_jobs()
    page = web.get(made["Location"]).content.decode()
    assert "The gateway did not open the payment." in page and "Ask again" in page
    (charge,) = api.get(f"/invoices/{invoice.number}/charges").body["items"]
    assert (charge["state"], charge["trouble"]) == ("failed", "no connection: ConnectError")
    assert web.post(f"/charges/{charge['number']}/again/").status_code == 303
    Charge.objects.update(state="open", pay_url="https://pay.example.com/1")
    page = web.get(f"/charges/{charge['number']}/").content.decode()
    assert "https://pay.example.com/1" in page and "<svg" in page
    assert api.post(f"/charges/{charge['number']}/ask-again").code == "charge_not_open"
