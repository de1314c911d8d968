"""Sample customers, products and imports."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from tools.gallery.frame import COMPANIES, NAMES, PRODUCTS, Sample, Words, ago, days, frame, pager
from tools.gallery.orders import _events, _list
from tools.gallery.warehouse import a_list

COUNTED = {"read": Decimal(15930), "created": Decimal(15800), "updated": Decimal(100), "skipped": Decimal(18), "failed": Decimal(12)}


def samples(language: str, theme: str) -> Iterator[Sample]:
    """Yield the pages about customers, products and imports."""
    say = Words(language)
    d = Decimal
    rows = [{"id": i, "number": f"K{i + 1:05}", "url": "#", "name": name, "level": "A", "city": say("杭州", "Hangzhou"), "owner": NAMES[i % 5], "state": ["active", "active", "active", "blocked", "inactive"][i % 5], "currency": "CNY", "credit_limit": d(300000) if i % 4 else d(0), "credit_used": d(i * 41000), "overdue": d("86420.50") if i % 5 == 3 else d(0), "last_ordered_on": days(-i * 4), "tags": [say("重点客户", "Key account")] if i % 3 == 0 else []} for i, name in enumerate(COMPANIES)]
    page = frame(language, theme, say("客户", "Customers"), "customers", create_url="#")
    yield Sample("customers-list", "customers/list.html", {"page": page, **a_list(say, say("客户", "Customers"), say("名称、拼音、编号、电话", "Name, pinyin, number, phone"), [("全部", "All", 200), ("我的", "Mine", 34), ("逾期", "Overdue", 4)], rows)})
    yield Sample("customer", "customers/show.html", {"page": frame(language, theme, COMPANIES[5], "customers"), **_customer(say)})
    yield Sample("customer-edit", "customers/edit.html", {"page": frame(language, theme, say("编辑客户", "Edit customer"), "customers"), **_customer_form(say)})
    goods = [{"id": i, "sku": s, "url": "#", "name": n, "spec": p, "category": say("紧固件", "Fasteners"), "unit": u, "tax_rate": d("0.13"), "price": d(x), "currency": "CNY", "available": d(480 - i * 70), "state": "active" if i != 5 else "inactive", "barcode": f"69012345678{i:02}"} for i, (s, n, p, u, x) in enumerate(PRODUCTS)]
    page = frame(language, theme, say("商品", "Products"), "products", create_url="#")
    yield Sample("products-list", "products/list.html", {"page": page, **a_list(say, say("商品", "Products"), say("编码、名称、拼音、条码", "SKU, name, pinyin, barcode"), [("全部", "All", 300), ("在售", "For sale", 287)], goods, choices={"categories": [("1", say("紧固件", "Fasteners"))]})})
    product: dict[str, Any] = {"sku": PRODUCTS[0][0], "version": 1, "name": PRODUCTS[0][1], "name_en": "Socket head cap screw M8×40", "spec": PRODUCTS[0][2], "category": say("紧固件", "Fasteners"), "unit": "盒", "barcode": "6901234567892", "tax_rate": d("0.13"), "tax_code": "1080302020000000000", "price": d("46.80"), "currency": "CNY", "state": "active", "min_quantity": d(5), "note": None}
    figures = [{"label": say("本月销量", "Sold this month"), "value": "1,284", "note": "盒", "series": [d(v) for v in (3, 8, 5, 12, 9, 17)]}, {"label": say("可用量", "Available"), "value": "1,280", "note": "盒"}, {"label": say("平均单价", "Average price"), "value": "¥45.92", "note": say("近 90 天", "90 days")}]
    yield Sample("product", "products/show.html", {"page": frame(language, theme, product["name"], "products"), "product": product, "stock_url": "#", "transitions": [{"name": "edit", "label": say("编辑", "Edit"), "kind": "", "href": "#", "allowed": True, "icon": "pencil"}], "more": [], "refusal": None, "figures": figures, "positions": [{"warehouse": say("上海一号仓", "Shanghai 1"), "on_hand": d(1380), "reserved": d(100), "available": d(1280)}], "prices": [{"list": say("标准价", "List price"), "price": d("46.80"), "currency": "CNY", "from_quantity": d(1), "valid_from": None, "valid_until": None}, {"list": say("经销商", "Dealers"), "price": d("41.20"), "currency": "CNY", "from_quantity": d(100), "valid_from": days(-90), "valid_until": days(275)}], "orders": [{"number": "SO-2026-001284", "url": "#", "customer": COMPANIES[5], "ordered_on": days(-6), "quantity": d(20), "price": d("46.80"), "currency": "CNY"}], "events": _events(say)[2:3]})
    edit = {"page": frame(language, theme, say("新商品", "New product"), "products"), "submit_url": "#", "cancel_url": "#", "version": None, "refusal": None, "errors": [{"field": "f-price", "message": say("标准价：小数过多", "List price: too many decimals")}], "error_of": {"price": say("最多 6 位小数", "At most 6 decimals")}, "values": {"sku": "M8-40-A2", "name": product["name"], "price": "46.80123456", "currency": "CNY", "tax_rate": "0.13", "is_active": True}, "choices": {"categories": [("1", say("紧固件", "Fasteners"))], "units": [("box", "盒")], "tax_rates": [("0.13", "13%"), ("0.09", "9%")], "currencies": [("CNY", "CNY")]}}
    yield Sample("product-edit", "products/edit.html", edit)
    jobs = [{"number": i, "url": "#", "kind": say("订单", "Orders"), "file": ["superstore_2026.xlsx", "online_retail.csv", "customers.csv", "stock-11.xlsx"][i], "source": "superstore", "value": ["running", "done", "partial", "failed"][i], **COUNTED, "total": d(30000), "started_at": ago(hours=i * 7), "by": NAMES[i], "errors_url": "#"} for i in range(4)]
    imports = {"page": frame(language, theme, say("导入", "Imports"), "imports"), "upload_url": "#", "refusal": None, "kinds": [("orders", say("订单", "Orders"))], "rows": jobs, "pager": pager(say, "4", next=None)}
    yield Sample("imports", "imports/list.html", imports)
    yield Sample("imports-none", "imports/list.html", {**imports, "rows": []})


def _customer(say: Words) -> dict[str, Any]:
    d = Decimal
    rows = _list(say, 5)["rows"]
    return {
        "customer": {"number": "K00006", "version": 1, "name": COMPANIES[5], "name_en": "Hulunbuir Green Agriculture Group", "state": "active", "level": "A", "owner": "陈思远", "department": say("华东销售部", "Sales, East"), "tax_number": "91150700MA0MXXXX3K", "bank": say("中国农业银行呼伦贝尔分行", "ABC Hulunbuir"), "terms": say("月结 30 天", "30 days"), "currency": "CNY", "tags": [say("重点客户", "Key account")], "note": None, "created_on": days(-400)},
        "transitions": [{"name": "order", "label": say("新订单", "New order"), "kind": "primary", "href": "#", "allowed": True, "icon": "plus"}, {"name": "edit", "label": say("编辑", "Edit"), "kind": "", "href": "#", "allowed": True, "icon": "pencil"}, {"name": "block", "label": say("冻结", "Block"), "kind": "danger", "url": "#", "allowed": True, "reason": "needed"}],
        "more": [], "refusal": None, "credit": {"limit": d(300000), "used": d(128400), "pending": d(0)},
        "figures": [{"label": say("本年销售", "This year"), "value": "¥1,284,300.00", "note": say("42 单", "42 orders"), "series": [d(v) for v in (5, 9, 7, 14, 12, 18, 22)]}, {"label": say("应收", "Receivable"), "value": "¥128,400.00", "note": say("3 张发票", "3 invoices")}, {"label": say("逾期", "Overdue"), "value": "¥17,284.10", "note": say("最长 12 天", "up to 12 days"), "alert": True}],
        "contacts": [{"name": "周敏", "role": say("采购经理", "Buyer"), "phone": "138****1234", "email": "zhou@example.com", "is_main": True}, {"name": "Bob", "role": None, "phone": None, "email": None, "is_main": False}],
        "addresses": [{"label": say("总仓", "Main store"), "text": "内蒙古自治区 呼伦贝尔市 海拉尔区 胜利大街 18 号", "contact": "周敏", "phone": "138****1234", "is_main": True}],
        "orders": [{**r, "ordered_on": r["ordered_on"]} for r in rows], "orders_url": "#", "invoices": [{"number": "INV-2026-00412", "url": "#", "due_on": days(27), "value": "part", "open": d("17284.10"), "currency": "CNY"}], "events": _events(say)[:3],
    }


def _customer_form(say: Words) -> dict[str, Any]:
    return {
        "submit_url": "#", "cancel_url": "#", "version": 1, "refusal": None, "errors": [{"field": "f-tax_number", "message": say("税号：应为 18 位", "Tax number: 18 characters")}], "error_of": {"tax_number": say("应为 18 位统一社会信用代码", "18 characters are expected")},
        "values": {"name": COMPANIES[5], "name_en": "", "tax_number": "9115", "terms": "30", "currency": "CNY", "credit_limit": "300000.00", "number": "K00006"}, "may_set_credit": False,
        "contacts": [{"id": 1, "name": "周敏", "role": say("采购经理", "Buyer"), "phone": "13800001234", "email": "zhou@example.com"}], "addresses": [{"id": 1, "label": say("总仓", "Main"), "province": "内蒙古自治区", "city": "呼伦贝尔市", "district": "海拉尔区", "street": "胜利大街 18 号", "contact": "周敏", "phone": "13800001234"}],
        "choices": {"levels": [("A", "A")], "owners": [("1", "陈思远")], "terms": [("30", say("月结 30 天", "30 days"))], "currencies": [("CNY", "CNY")]},
    }
