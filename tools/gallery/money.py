"""Sample invoices and payments."""

from collections.abc import Iterator
from decimal import Decimal

from tools.gallery.frame import COMPANIES, PRODUCTS, Sample, Words, days, frame
from tools.gallery.orders import _events, _order
from tools.gallery.warehouse import a_list


def samples(language: str, theme: str) -> Iterator[Sample]:
    """Yield the pages about invoices and payments."""
    say = Words(language)
    d = Decimal
    order = _order(say, "lines")
    states = ["posted", "part", "overdue", "paid", "credited"]
    rows = [{"id": i, "number": f"INV-2026-{412 - i:05}", "url": "#", "customer": COMPANIES[i * 5 % 12], "order_number": f"SO-2026-{1284 - i:06}", "order_url": "#", "value": states[i % 5], "issued_on": days(-i), "due_on": days(30 - i * 3), "overdue_days": 12 if i % 5 == 2 else None, "currency": "CNY", "amount": d(f"{51852 - i * 3011}.30"), "open": d(0) if i % 5 == 3 else d(f"{17284 + i}.10"), "tax_number": None} for i in range(14)]
    page = frame(language, theme, say("发票", "Invoices"), "invoices")
    yield Sample("invoices-list", "invoices/list.html", {"page": page, **a_list(say, say("发票", "Invoices"), say("发票号、客户、订单号", "Number, customer, order"), [("全部", "All", 412), ("未付", "Open", 38), ("逾期", "Overdue", 4)], rows)})
    invoice = {"number": "INV-2026-00412", "version": 3, "value": "part", "customer": {"name": COMPANIES[0], "url": "#"}, "tax_number": "26312000000012345678", "buyer_tax_number": "91330110MA2CFXXX1T", "currency": "CNY", "issued_on": days(-3), "due_on": days(27), "net": d("45887.00"), "tax": d("5965.30"), "total": d("51852.30"), "open": d("17284.10"), "paid": d("34568.20"), "order_number": "SO-2026-001284", "order_url": "#", "note": None, "in_words": "伍万壹仟捌佰伍拾贰元叁角整"}
    lines = [{"position": i + 1, "sku": s, "name": n, "unit": u, "quantity": d(i * 12 + 8), "price": d(p), "tax_rate": d("0.13"), "net": d(p) * 7, "tax": d(p), "gross": d(p) * 8} for i, (s, n, _p, u, p) in enumerate(PRODUCTS[:4])]
    moves = [{"name": "pay", "label": say("登记收款", "Record payment"), "kind": "primary", "href": "#", "allowed": True, "icon": "cash"}, {"name": "credit", "label": say("红冲", "Credit note"), "kind": "danger", "url": "#", "allowed": True, "reason": "needed"}]
    paid = [{"number": "SK-2026-00233", "url": "#", "received_on": days(-2), "amount": d("34568.20")}]
    yield Sample("invoice", "invoices/show.html", {"page": frame(language, theme, "INV-2026-00412", "invoices"), "invoice": invoice, "lines": lines, "taxes": [{"rate": d("0.13"), "net": d("45887.00"), "tax": d("5965.30")}], "allocations": paid, "transitions": moves, "more": [{"label": say("打印", "Print"), "url": "#", "icon": "printer"}], "refusal": None, "documents": order["documents"], "events": _events(say)[:2]})
    new = [{"id": i, "sku": s, "name": n, "unit": u, "open": d(i * 12 + 8), "quantity": d(i * 12 + 8), "price": d(p), "gross": d(p) * (i * 12 + 8), "error": say("最多 20", "At most 20") if i == 1 else None} for i, (s, n, _p, u, p) in enumerate(PRODUCTS[:4])]
    yield Sample("invoice-new", "invoices/new.html", {"page": frame(language, theme, say("开票", "New invoice"), "invoices"), "order": {"number": "SO-2026-001284", "url": "#", "version": 7, "customer": COMPANIES[0], "currency": "CNY"}, "submit_url": "#", "key": "k", "refusal": None, "issued_on": days(0), "buyer": COMPANIES[0], "tax_number": "91330110MA2CFXXX1T", "currency": "CNY", "preview_url": "#", "preview": {"net": d("1284.00"), "tax": d("166.92"), "total": d("1450.92"), "due_on": days(30)}, "lines": new})
    receipts = [{"id": i, "number": f"SK-2026-{233 - i:05}", "url": "#", "customer": COMPANIES[i * 7 % 12], "value": ["allocated", "unallocated", "part", "reversed"][i % 4], "received_on": days(-i), "method": say("银行转账", "Bank transfer"), "reference": "20261119-88213" if i % 2 else None, "currency": "CNY", "amount": d(f"{34568 - i * 1201}.20"), "unallocated": d("5000") if i % 4 in (1, 2) else d(0)} for i in range(10)]
    page = frame(language, theme, say("收款", "Payments"), "payments", create_url="#")
    yield Sample("payments-list", "payments/list.html", {"page": page, **a_list(say, say("收款", "Payments"), say("收款单号、客户、流水号", "Number, customer, reference"), [("全部", "All", 233), ("未核销", "Unallocated", 3)], receipts)})
    payment = {"number": "SK-2026-00233", "version": 1, "value": "part", "customer": {"name": COMPANIES[0], "url": "#"}, "currency": "CNY", "amount": d("34568.20"), "unallocated": d("5000"), "received_on": days(-2), "method": say("银行转账", "Bank transfer"), "account": say("招商银行 8812", "CMB 8812"), "reference": "20261119-88213", "note": None}
    yield Sample("payment", "payments/show.html", {"page": frame(language, theme, "SK-2026-00233", "payments"), "payment": payment, "allocations": [{"number": "INV-2026-00412", "url": "#", "due_on": days(27), "amount": d("29568.20"), "value": "part"}], "transitions": [{"name": "allocate", "label": say("核销", "Allocate"), "kind": "primary", "href": "#", "allowed": True}], "more": [], "refusal": None, "events": _events(say)[1:2]})
    open_ones = [{"id": i, "number": f"INV-2026-{380 + i:05}", "url": "#", "due_on": days(i * 9 - 12), "overdue": i < 2, "amount": d("17284.10"), "open": d("12000.50"), "allocated": d("12000.50") if i == 0 else None} for i in range(4)]
    form = {"page": frame(language, theme, say("登记收款", "Record a payment"), "payments"), "submit_url": "#", "cancel_url": "#", "key": "k", "refusal": None, "errors": [], "customer": {"id": 1, "name": COMPANIES[0]}, "values": {"amount": "30000.00", "currency": "CNY", "received_on": days(0), "method": "bank"}, "choices": {"methods": [("bank", say("银行转账", "Bank transfer"))], "accounts": [("1", say("招商银行 8812", "CMB 8812"))]}, "invoices": open_ones}
    yield Sample("payment-new", "payments/new.html", form)
    yield Sample("payment-new-empty", "payments/new.html", {**form, "customer": None, "invoices": [], "errors": [{"field": "f-amount", "message": say("收款金额：不是数字", "Amount received: not a number")}]})
