"""Sample pages outside of a subject: sign-in, work to do, search, errors."""

from collections.abc import Iterator
from decimal import Decimal

from tools.gallery.frame import COMPANIES, TODAY, Sample, Words, days, frame


def samples(language: str, theme: str) -> Iterator[Sample]:
    """Yield sign-in, home, search and error pages."""
    say = Words(language)
    out = {"title": say("登录", "Sign in"), "language": "zh-Hans" if language == "zh" else "en", "theme": theme}
    people = [(say("陈思远", "Chen Siyuan"), say("销售代表", "Sales"), "sales"), (say("王丽华", "Wang Lihua"), say("销售经理", "Sales manager"), "manager"), (say("赵国强", "Zhao Guoqiang"), say("仓库", "Warehouse"), "warehouse"), ("Li Na", say("财务", "Finance"), "finance")]
    demo = [{"name": n, "role": r, "email": f"{e}@example.com"} for n, r, e in people]
    yield Sample("sign-in", "sign_in.html", {"page": out, "email": "", "error": None, "next": "/", "demo_users": demo})
    yield Sample("sign-in-refused", "sign_in.html", {"page": out, "email": "chen@example.com", "error": say("邮箱或密码不正确。", "Address or password is wrong."), "next": "/", "demo_users": []})
    yield _home(say, language, theme)
    quiet = _home(say, language, theme).context
    yield Sample("home-quiet", "home.html", {**quiet, "queues": [{**queue, "items": [], "total": 0} for queue in quiet["queues"]], "chart": None})
    page = frame(language, theme, say("搜索", "Search"), "")
    rows = [{"label": name, "detail": f"K{i:05} · 138****1234", "url": "#", "aside": None} for i, name in enumerate(COMPANIES[:3])]
    yield Sample("search", "search.html", {"page": page, "q": "yq", "groups": [{"title": say("客户", "Customers"), "url": "#", "total": 3, "rows": rows}]})
    yield Sample("search-nothing", "search.html", {"page": page, "q": "xyz", "groups": []})
    for code in (403, 404, 409, 500):
        yield Sample(f"error-{code}", f"{code}.html", {"page": out, "code": "order_closed" if code == 409 else None, "request_id": "7f3a91c2d4e0"})


def _home(say: Words, language: str, theme: str) -> Sample:
    d = Decimal
    tiles = [
        {"label": say("待我审批", "For me to approve"), "value": "5", "note": say("最早 2 天前", "oldest 2 days ago"), "url": "#", "icon": "clipboard-check"},
        {"label": say("待发货", "To ship"), "value": "23", "note": say("今日到期 6", "6 due today"), "url": "#", "icon": "truck-delivery"},
        {"label": say("待开票", "To invoice"), "value": "17", "note": "¥214,880.00", "url": "#", "icon": "file-invoice"},
        {"label": say("逾期应收", "Overdue"), "value": "¥86,420.50", "note": say("4 张发票", "4 invoices"), "url": "#", "icon": "alert-triangle", "alert": True},
        {"label": say("今日接单", "Orders today"), "value": "¥128,430.00", "note": say("9 单 · 上周同日 7 单", "9 orders · 7 a week ago"), "url": "#", "series": [d(v) for v in (31, 44, 20, 52, 61, 12, 8, 47, 55, 70, 66, 81)]},
        {"label": say("本月接单", "Orders this month"), "value": "¥4,218,630.55", "note": say("较上月同期 +12.4%", "+12.4% on last month"), "url": "#", "series": [d(v) for v in (10, 18, 31, 35, 52, 66, 71, 88, 104, 120)]},
    ]
    item = {"number": "SO-2026-001283", "url": "#", "what": COMPANIES[5], "why": say("折扣 18%，超过 15%", "Discount 18%, above 15%"), "axis": "lifecycle", "value": "submitted", "amount": "¥42,800.00"}
    queues = [
        (say("待我审批", "For me to approve"), say("没有待审批的订单", "Nothing waits for your approval"), 5, item),
        (say("待发货", "To ship"), say("全部已发出", "Everything has left"), 23, {**item, "why": say("承诺今日 · 上海一号仓", "Promised today · Shanghai 1"), "axis": "fulfilment", "value": "reserved"}),
        (say("待开票", "To invoice"), say("全部已开票", "Everything is invoiced"), 17, {**item, "why": say("已发货 3 天", "Shipped 3 days ago"), "axis": "invoicing", "value": "to_invoice"}),
        (say("逾期", "Overdue"), say("没有逾期", "Nothing is overdue"), 4, {**item, "number": "INV-2026-00388", "why": say("逾期 12 天 · 月结 30 天", "12 days late · 30 days"), "axis": "invoice", "value": "overdue"}),
    ]
    amounts = [(i * 7919 + 3041) % 90000 + 12000 if i % 7 < 5 else (i * 311) % 9000 for i in range(30)]
    context = {
        "page": frame(language, theme, say("工作台", "My work"), "home", create_url="/orders/new/", messages=[{"kind": "done", "text": say("SO-2026-001284 已提交", "SO-2026-001284 submitted")}]),
        "today": TODAY, "greeting": say("下午好，陈思远", "Good afternoon, Emma"), "tiles": tiles,
        "queues": [{"title": t, "icon": "list", "url": "#", "total": n, "empty": e, "items": [{**i, "what": COMPANIES[k * 3 % 12]} for k in range(4)]} for t, e, n, i in queues],
        "chart": {"title": say("近 30 天接单金额", "Order value of the last 30 days"), "note": say("截至 14:05", "as of 14:05"), "url": "#", "days": [{"on": days(i - 29), "amount": d(a)} for i, a in enumerate(amounts)], "currency": "CNY"},
    }
    return Sample("home", "home.html", context)
