"""Sample shipments and stock."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from tools.gallery.frame import COMPANIES, NAMES, PRODUCTS, Sample, Words, ago, days, frame, pager
from tools.gallery.orders import _events, _order


def a_list(say: Words, caption: str, placeholder: str, views: list[tuple[str, str, int]], rows: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """Return what list.html expects."""
    return {
        "views": [{"label": say(zh, en), "url": f"?view={en}", "active": i == 0, "count": n} for i, (zh, en, n) in enumerate(views)],
        "rows": rows, "bulk_actions": [], "pills": [], "pager": pager(say, str(len(rows)), next=None), "choices": {}, "query": {},
        "list": {"url": "?", "q": "", "placeholder": placeholder, "hidden": [], "export_url": "#", "import_url": None, "query_string": "", "clear_url": "?", "create_label": say("新建", "New"), "empty": "new", "empty_title": say("还没有记录", "Nothing here yet"), "empty_text": "", "caption": caption},
        **more,
    }


def samples(language: str, theme: str) -> Iterator[Sample]:
    """Yield the pages about shipments and stock."""
    say = Words(language)
    order = _order(say, "lines")
    warehouses = [("1", say("上海一号仓", "Shanghai 1")), ("2", say("成都仓", "Chengdu"))]
    states = ["picking", "packed", "shipped", "delivered", "draft", "cancelled"]
    rows = [{"id": i, "number": f"FH-2026-{902 - i:06}", "url": "#", "order_number": f"SO-2026-{1284 - i:06}", "order_url": "#", "customer": COMPANIES[i * 5 % 12], "warehouse": warehouses[i % 2][1], "value": states[i % 6], "planned_on": days(1 - i), "shipped_on": days(-i) if i % 6 in (2, 3) else None, "carrier": say("顺丰速运", "SF Express") if i % 2 else None, "tracking": "SF1402938475610" if i % 2 else None, "quantity": Decimal(i * 37 + 12)} for i in range(14)]
    page = frame(language, theme, say("发货", "Shipments"), "shipments")
    views = [("全部", "All", 214), ("待拣货", "To pick", 6), ("待发出", "To hand over", 3), ("在途", "On the way", 11)]
    yield Sample("shipments-list", "shipments/list.html", {"page": page, **a_list(say, say("发货", "Shipments"), say("单号、客户、运单号", "Number, customer, tracking"), views, rows, choices={"warehouses": warehouses})})
    lines = [{"position": i + 1, "sku": s, "name": n, "spec": p, "unit": u, "quantity": Decimal(i * 12 + 8), "ordered": Decimal(i * 12 + 20)} for i, (s, n, p, u, _x) in enumerate(PRODUCTS[:4])]
    shipment = {"number": "FH-2026-000902", "version": 2, "value": "shipped", "order_number": "SO-2026-001284", "order_url": "#", "customer": COMPANIES[0], "address": order["order"]["address"], "contact": order["order"]["contact"], "warehouse": warehouses[0][1], "carrier": say("德邦物流", "Deppon"), "tracking": "DPK364019283", "shipped_on": days(-1), "delivered_on": None, "note": None}
    moves = [{"name": "deliver", "label": say("登记签收", "Record delivery"), "kind": "primary", "url": "#", "allowed": True, "confirm": say("客户已收到全部货物？", "Has the customer received everything?")}, {"name": "cancel", "label": say("撤销发货", "Cancel shipment"), "kind": "danger", "url": "#", "allowed": True, "reason": "needed"}]
    yield Sample("shipment", "shipments/show.html", {"page": frame(language, theme, "FH-2026-000902", "shipments"), "shipment": shipment, "lines": lines, "transitions": moves, "more": [{"label": say("打印送货单", "Print delivery note"), "url": "#", "icon": "printer"}], "refusal": None, "documents": order["documents"], "events": _events(say)[:3]})
    plan: list[dict[str, Any]] = [{"id": i, "sku": s, "name": n, "spec": p, "unit": u, "open": Decimal(i * 12 + 20), "available": Decimal(400 if i != 1 else 8), "quantity": Decimal([20, 8, 0, 10][i]), "location": f"A-0{i + 1}-1{i}", "barcodes": [], "error": None} for i, (s, n, p, u, _x) in enumerate(PRODUCTS[:4])]
    ship = {"number": "SO-2026-001284", "url": "#", "version": 7, "customer": COMPANIES[0], "address": "", "contact": "", "warehouse": warehouses[0][1], "note": order["order"]["note"]}
    yield Sample("ship", "shipments/plan.html", {"page": frame(language, theme, say("发货", "Ship"), "shipments"), "order": ship, "submit_url": "#", "key": "k", "refusal": None, "lines": plan, "carriers": [("sf", say("顺丰速运", "SF Express"))]})
    stock = [{"id": i, "sku": s, "name": n, "spec": p, "url": "#", "category": say("紧固件", "Fasteners"), "unit": u, "warehouse": warehouses[i % 2][1], "on_hand": Decimal(400 - i * 53), "reserved": Decimal(i * 9), "available": Decimal(max(400 - i * 62, 0)), "state": ["ok", "ok", "ok", "ok", "ok", "low", "low", "out"][i]} for i, (s, n, p, u, _x) in enumerate(PRODUCTS)]
    yield Sample("stock-list", "stock/list.html", {"page": frame(language, theme, say("库存", "Stock"), "stock"), **a_list(say, say("库存", "Stock"), say("编码、名称、拼音、条码", "SKU, name, pinyin, barcode"), [("全部", "All", 300), ("不足", "Low", 12), ("缺货", "Out", 3)], stock, choices={"warehouses": warehouses, "categories": []})})
    product = {"sku": PRODUCTS[0][0], "name": PRODUCTS[0][1], "spec": PRODUCTS[0][2], "unit": PRODUCTS[0][3], "url": "#", "category": say("紧固件", "Fasteners")}
    ledger = [{"at": ago(hours=i * 9 + 1), "kind": say("发货出库", "Shipped") if i % 3 else say("采购入库", "Received"), "warehouse": warehouses[0][1], "quantity": Decimal(-20 - i if i % 3 else 300), "balance": Decimal(1280 - i * 7), "document": f"FH-2026-{902 - i:06}" if i % 3 else None, "document_url": "#", "reason": None, "who": NAMES[i % 5]} for i in range(8)]
    held = [{"number": "SO-2026-001284", "url": "#", "customer": COMPANIES[0], "quantity": Decimal(88), "since": ago(days=2)}, {"number": "SO-2026-001271", "url": "#", "customer": COMPANIES[5], "quantity": Decimal(12), "since": ago(hours=3)}]
    yield Sample("stock", "stock/show.html", {"page": frame(language, theme, product["name"], "stock"), "product": product, "adjust_url": "#", "totals": {"on_hand": Decimal(1380), "reserved": Decimal(100), "available": Decimal(1280)}, "positions": [{"warehouse": w, "on_hand": Decimal(690), "reserved": Decimal(50), "available": Decimal(640), "reorder_point": None, "state": "ok"} for _c, w in warehouses], "reservations": held, "moves": ledger, "pager": pager(say, "148")})
    yield Sample("stock-adjust", "stock/adjust.html", {"page": frame(language, theme, say("调整库存", "Adjust stock"), "stock"), "submit_url": "#", "cancel_url": "#", "key": "k", "refusal": None, "errors": [{"field": "f-quantity", "message": say("数量：不能为 0", "Change: must not be 0")}], "product": {"id": 1, "label": product["name"], "unit": product["unit"], "on_hand": Decimal(1380), "available": Decimal(1280)}, "values": {"kind": "adjustment", "warehouse": "1", "quantity": "0"}, "choices": {"warehouses": warehouses, "reasons": [("count", say("盘点差异", "Count difference"))]}})
