"""Sample orders: the list in its states, one order at several points of its life, the entry grid."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from tools.gallery.frame import COMPANIES, NAMES, PRODUCTS, Sample, Words, ago, days, frame, pager

AXES = [
    ("draft", "none", "nothing", "unpaid", []),
    ("submitted", "none", "nothing", "unpaid", []),
    ("confirmed", "partly_reserved", "to_invoice", "unpaid", ["stock"]),
    ("in_progress", "partly_shipped", "part", "part", []),
    ("in_progress", "picking", "to_invoice", "unpaid", []),
    ("completed", "delivered", "full", "paid", []),
    ("confirmed", "reserved", "to_invoice", "overdue", ["credit"]),
    ("cancelled", "none", "nothing", "unpaid", []),
    ("approved", "none", "nothing", "unpaid", []),
    ("completed", "partly_returned", "full", "over_paid", []),
]


def samples(language: str, theme: str) -> Iterator[Sample]:
    """Yield the pages about orders."""
    say = Words(language)
    page = frame(language, theme, say("订单", "Orders"), "orders", create_url="/orders/new/")
    yield Sample("orders-list", "orders/list.html", {"page": page, **_list(say, 24)})
    few = {**_list(say, 3), "pills": [{"label": say("客户：云栖", "Customer: Yunqi"), "remove": "?"}, {"label": say("状态：待审批", "Status: awaiting approval"), "remove": "?"}], "active_filters": 2}
    yield Sample("orders-filtered", "orders/list.html", {"page": page, **few})
    yield Sample("orders-none", "orders/list.html", {"page": page, **_list(say, 0), "empty": "filtered"})
    yield Sample("orders-new-company", "orders/list.html", {"page": page, **_list(say, 0), "empty": "new"})
    show = frame(language, theme, "SO-2026-001284", "orders")
    yield Sample("order-lines", "orders/show.html", {"page": show, **_order(say, "lines")})
    yield Sample("order-documents", "orders/show.html", {"page": show, **_order(say, "documents")})
    yield Sample("order-history", "orders/show.html", {"page": show, **_order(say, "history")})
    yield Sample("order-held", "orders/show.html", {"page": show, **_held(say)})
    yield Sample("order-edit", "orders/edit.html", {"page": frame(language, theme, say("新订单", "New order"), "orders"), **_entry(say, 5)})
    yield Sample("order-edit-1000-top", "orders/edit.html", {"page": frame(language, theme, say("新订单", "New order"), "orders"), **_entry(say, 1000)})


def _list(say: Words, count: int) -> dict[str, Any]:
    rows = []
    for i in range(count):
        lifecycle, fulfilment, invoicing, payment, holds = AXES[i % len(AXES)]
        rows.append({
            "id": i, "number": f"SO-2026-{1284 - i:06}", "url": f"/orders/SO-2026-{1284 - i:06}/", "customer": COMPANIES[i * 5 % 12],
            "customer_po": "PO-88213" if i % 4 == 0 else None, "owner": NAMES[i % 5], "ordered_on": days(-i // 3), "currency": "USD" if i % 6 == 1 else "CNY",
            "amount": Decimal(f"{(i * 7919 + 431) % 98000}.{i * 37 % 100:02}"), "lifecycle": lifecycle, "fulfilment": fulfilment, "invoicing": invoicing,
            "payment": payment, "holds": holds, "shipped": "3/5" if fulfilment == "partly_shipped" else None, "is_new": False,
        })
    names = [("全部", "All", 1284), ("我的", "Mine", 86), ("待审批", "Awaiting approval", 5), ("待发货", "To ship", 23), ("待开票", "To invoice", 17), ("今日", "Today", 9), ("逾期", "Overdue", 4), ("挂起", "On hold", 2)]
    return {
        "views": [{"label": say(zh, en), "url": f"?view={en}", "active": i == 0, "count": n} for i, (zh, en, n) in enumerate(names)],
        "views_url": "/nothing/", "query": {"q": "", "hidden": [("view", "all")]},
        "choices": {"lifecycle": [("draft", say("草稿", "Draft"))], "payment": [("unpaid", say("未付", "Unpaid"))], "warehouses": [("1", say("上海一号仓", "Shanghai 1"))], "owners": [("1", "陈思远")]},
        "active_filters": 0, "export_url": "?export=xlsx", "import_url": "/imports/",
        "columns": {k: {"sort": f"?sort={k}", "direction": "descending" if k == "ordered_on" else None} for k in ("number", "ordered_on", "amount")},
        "rows": rows, "pills": [], "clear_url": "?", "pager": pager(say, "1,284", sums=[(say("合计", "Sum"), "¥4,218,630.55")]), "query_string": "",
        "bulk_actions": [{"name": "approve", "label": say("审核", "Approve"), "icon": "check", "url": "#", "key": "a"}, {"name": "export", "label": say("导出", "Export"), "icon": "download", "url": "#"}],
    }


def _lines(say: Words, shipped: bool) -> list[dict[str, Any]]:
    rows = []
    for i, (sku, name, spec, unit, price) in enumerate(PRODUCTS[:6]):
        quantity = Decimal((i * 37 + 20) % 300 or 12)
        gross = quantity * Decimal(price)
        rows.append({
            "position": i + 1, "sku": sku, "name": name, "spec": spec, "url": "#", "unit": unit, "quantity": quantity, "price": Decimal(price),
            "discount": Decimal("50") if i == 2 else Decimal(0), "tax_rate": Decimal("0.13" if i != 4 else "0.09"), "net": gross, "tax": gross, "gross": gross,
            "available": Decimal(8) if i == 3 else Decimal(400), "reserved": Decimal(0) if not shipped else (quantity / 3 if i > 2 else Decimal(0)),
            "shipped": Decimal(0) if not shipped else (quantity if i < 3 else (Decimal(0) if i == 3 else Decimal(10))), "invoiced": Decimal(0), "closed": False,
        })
    return rows


def _order(say: Words, tab: str) -> dict[str, Any]:
    t = Decimal
    labels = [("lines", "明细", "Lines", 6), ("documents", "发货、发票与收款", "Shipping, invoices, payments", 4), ("history", "日志", "History", 14)]
    return {
        "order": {
            "number": "SO-2026-001284", "version": 7, "lifecycle": "in_progress", "type": say("销售订单", "Sales order"),
            "customer": {"name": COMPANIES[0], "url": "/customers/K0001/", "level": "A"}, "currency": "CNY", "total": t("86420.50"), "ordered_on": days(-6),
            "owner": "陈思远", "customer_po": "PO-88213", "terms": say("月结 30 天", "30 days end of month"), "warehouse": say("上海一号仓", "Shanghai 1"),
            "prices_include_tax": True, "promised_on": days(3), "address": "浙江省 杭州市 余杭区 文一西路 969 号 3 号楼 2 层", "contact": "周敏 138****1234",
            "note": say("分两批送货，送货前一天电话联系。", "Deliver in two parts; call the day before."), "tags": [say("重点客户", "Key account")], "source": "API",
        },
        "transitions": [
            {"name": "ship", "label": say("发货", "Ship"), "kind": "primary", "href": "#", "allowed": True, "icon": "truck-delivery"},
            {"name": "invoice", "label": say("开票", "Invoice"), "kind": "", "href": "#", "allowed": True, "icon": "file-invoice"},
            {"name": "hold", "label": say("挂起", "Hold"), "kind": "", "url": "#", "allowed": True, "reason": "needed", "reasons": [say("资料不全", "Documents missing"), say("客户要求暂停", "Customer asked")]},
            {"name": "close", "label": say("关闭剩余", "Close the remainder"), "kind": "", "url": "#", "allowed": True, "reason": "needed"},
            {"name": "cancel", "label": say("取消订单", "Cancel order"), "kind": "danger", "url": "#", "allowed": False, "why": say("已有发货，不能取消，可关闭剩余数量。", "Goods have been shipped; close the remainder instead.")},
        ],
        "more": [{"label": say("复制为新订单", "Copy to a new order"), "url": "#", "icon": "copy"}, {"label": say("打印", "Print"), "url": "#", "icon": "printer"}],
        "neighbours": {"previous": "#", "next": "#"}, "refusal": None, "flags": [],
        "steps": [
            {"label": say("草稿", "Draft"), "state": "done", "at": ago(days=6), "by": "陈思远"}, {"label": say("审批", "Approval"), "state": "done", "at": ago(days=5.4), "by": "王丽华"},
            {"label": say("确认", "Confirmed"), "state": "done", "at": ago(days=5), "by": "陈思远"}, {"label": say("处理中", "In progress"), "state": "current", "at": ago(hours=5), "by": "赵国强"},
            {"label": say("完成", "Completed"), "state": "next"},
        ],
        "tracks": [
            {"axis": "approval", "value": "approved", "label": say("审批", "Approval"), "part": 1, "whole": 1, "figures": say("王丽华 同意", "Approved by 王丽华"), "url": None},
            {"axis": "fulfilment", "value": "partly_shipped", "label": say("发货", "Shipping"), "part": 3, "whole": 5, "figures": say("已发 3 / 5 行 · 412 件", "3 of 5 lines · 412 units"), "url": "#"},
            {"axis": "invoicing", "value": "part", "label": say("开票", "Invoicing"), "part": 60, "whole": 100, "figures": "¥51,852.30 / ¥86,420.50", "url": "#"},
            {"axis": "payment", "value": "part", "label": say("收款", "Payment"), "part": 40, "whole": 100, "figures": "¥34,568.20 / ¥86,420.50", "url": "#"},
        ],
        "tabs": [{"label": say(zh, en), "url": f"?tab={k}", "active": k == tab, "count": n} for k, zh, en, n in labels], "tab": tab,
        "lines": _lines(say, shipped=True), "totals": {"net": t("76478.32"), "discount": t("50"), "tax": t("9942.18"), "total": t("86420.50"), "paid": t("34568.20"), "due": t("51852.30")},
        "credit": {"limit": t("300000"), "used": t("128400"), "pending": t("86420.50")},
        "documents": [
            [{"kind": say("订单", "Order"), "number": "SO-2026-001284", "axis": "lifecycle", "value": "in_progress", "amount": "¥86,420.50", "current": True}],
            [{"kind": say("发货单", "Shipment"), "number": "FH-2026-000871", "url": "#", "axis": "shipment", "value": "delivered", "amount": "312"}, {"kind": say("发货单", "Shipment"), "number": "FH-2026-000902", "url": "#", "axis": "shipment", "value": "shipped", "amount": "100"}],
            [{"kind": say("发票", "Invoice"), "number": "INV-2026-00412", "url": "#", "axis": "invoice", "value": "part", "amount": "¥51,852.30"}],
            [{"kind": say("收款", "Payment"), "number": "SK-2026-00233", "url": "#", "axis": "receipt", "value": "allocated", "amount": "¥34,568.20"}],
        ],
        "next_document": {"label": say("下推发货", "Ship the rest"), "url": "#", "note": say("剩余 188 件", "188 units open")},
        "shipments": [{"number": "FH-2026-000871", "url": "#", "value": "delivered", "shipped_on": days(-4), "carrier": say("顺丰速运", "SF Express"), "tracking": "SF1402938475610", "quantity": t(312)}, {"number": "FH-2026-000902", "url": "#", "value": "shipped", "shipped_on": days(-1), "carrier": say("德邦物流", "Deppon"), "tracking": "DPK364019283", "quantity": t(100)}],
        "invoices": [{"number": "INV-2026-00412", "url": "#", "value": "part", "issued_on": days(-3), "due_on": days(27), "amount": t("51852.30"), "open": t("17284.10")}],
        "payments": [{"number": "SK-2026-00233", "url": "#", "received_on": days(-2), "method": say("银行转账", "Bank transfer"), "amount": t("34568.20")}],
        "events": _events(say), "can_note": True,
    }


def _events(say: Words) -> list[dict[str, Any]]:
    return [
        {"icon": "truck-delivery", "tone": "accent", "who": "赵国强", "text": say("发出 FH-2026-000902（100 件）", "shipped FH-2026-000902 (100 units)"), "at": ago(hours=5), "door": say("网页", "Web")},
        {"icon": "cash", "tone": "good", "who": "Li Na", "text": say("登记收款 ¥34,568.20", "recorded a payment of ¥34,568.20"), "at": ago(days=2), "door": "API"},
        {"icon": "pencil", "who": "陈思远", "text": say("修改了订单", "changed the order"), "at": ago(days=3), "door": say("网页", "Web"), "changes": [{"path": say("第 3 行 数量", "Line 3 quantity"), "before": "80", "after": "94"}, {"path": say("承诺日期", "Promised on"), "before": None, "after": "2026-11-24"}]},
        {"icon": "message", "who": "王丽华", "text": say("留言", "added a note"), "at": ago(days=4), "door": say("网页", "Web"), "note": say("客户同意分批，第一批务必周三前到。", "The customer agrees to two parts; the first must arrive by Wednesday."), "public": True},
        {"icon": "check", "tone": "good", "who": "王丽华", "text": say("同意", "approved"), "at": ago(days=5.4), "door": say("网页", "Web"), "note": say("价格已核对。", "Prices checked.")},
        {"icon": "plus", "who": "陈思远", "text": say("创建订单", "created the order"), "at": ago(days=6), "door": say("导入", "Import")},
    ]


def _held(say: Words) -> dict[str, Any]:
    context = _order(say, "lines")
    context["order"] = {**context["order"], "lifecycle": "approved"}
    context["flags"] = [{"text": say("信用挂起：超出额度 ¥12,300.00", "Credit hold: ¥12,300.00 above the limit"), "note": say("需要财务经理放行，或客户先付款。", "A finance manager lifts it, or the customer pays first."), "link": {"label": say("申请放行", "Ask for release"), "url": "#"}}]
    context["refusal"] = {"code": "credit_exceeded", "message": say("信用额度不足，未确认。", "Credit is exceeded; the order was not confirmed."), "details": [say("额度 ¥300,000.00，已用 ¥225,879.50，本单 ¥86,420.50", "Limit ¥300,000.00, used ¥225,879.50, this order ¥86,420.50")]}
    context["credit"] = {"limit": Decimal(300000), "used": Decimal("225879.50"), "pending": Decimal("86420.50")}
    context["transitions"] = [{"name": "confirm", "label": say("确认订单", "Confirm"), "kind": "primary", "allowed": False, "why": say("信用额度超出 ¥12,300.00", "Credit exceeded by ¥12,300.00")}, *context["transitions"][2:]]
    context["lines"] = _lines(say, shipped=False)
    context["steps"][2:] = [{"label": say("信用挂起", "Credit hold"), "state": "flag", "at": ago(hours=2)}, {"label": say("处理中", "In progress"), "state": "next"}, {"label": say("完成", "Completed"), "state": "next"}]
    return context


def _entry(say: Words, count: int) -> dict[str, Any]:
    lines: list[dict[str, Any]] = []
    for i in range(count):
        sku, name, spec, unit, price = PRODUCTS[i % 8]
        gross = Decimal(price) * (i % 40 + 1)
        lines.append({"position": i + 1, "sku": sku, "name": name, "spec": spec, "unit": unit, "quantity": str(i % 40 + 1), "price": price, "discount": "0", "tax_rate": "0.13", "gross": str(gross), "available": str(3 if i == 2 else 480), "errors": {"quantity": say("可用量不足", "Not enough stock")} if i == 2 else {}})
    total = sum((Decimal(line["gross"]) for line in lines), Decimal(0))
    return {
        "order": {"number": None, "version": 1, "customer": {"id": "1", "name": COMPANIES[2]}, "customer_po": "", "warehouse": "1", "currency": "CNY", "prices_include_tax": True, "promised_on": days(5), "address_id": "1", "terms": "30", "note": ""},
        "choices": {"warehouses": [("1", say("上海一号仓", "Shanghai 1"))], "addresses": [("1", "江苏省 苏州市 虎丘区 星湖街 328 号")], "terms": [("30", say("月结 30 天", "30 days"))], "currencies": [("CNY", "CNY")]},
        "can_edit_price": True, "refusal": None, "cancel_url": "/orders/",
        "grid": {"save_url": "/save/", "products_url": "/products/", "submit_url": "/submit/", "lines": lines, "totals": {"net": str(round(total / Decimal("1.13"), 2)), "tax": str(total - round(total / Decimal("1.13"), 2)), "total": str(total)}, "draft_key": f"draft-{count}"},
        "credit": {"limit": Decimal(200000), "used": Decimal(52000), "pending": total},
    }
