"""What all sample pages share: the frame, the companies and products of the made-up data."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

NOW = datetime.now(UTC)
TODAY = NOW.date()
COMPANIES = [
    "杭州云栖机电设备有限公司",
    "Northwind Traders Ltd.",
    "苏州工业园区明泰精密模具有限公司",
    "上海申达进出口贸易股份有限公司",
    "Great Lakes Food Market",
    "内蒙古自治区呼伦贝尔市绿色农牧业综合开发集团有限责任公司",
    "深圳市华强北电子元器件商行",
    "广州白云清洁用品有限公司",
    "Blauer See Delikatessen",
    "成都天府办公家具厂",
    "青岛海瑞冷链物流有限公司",
    "Save-a-lot Markets",
]
PRODUCTS = [
    ("M8-40-A2", "内六角圆柱头螺钉 M8×40", "A2-70 不锈钢 · 100 只/盒", "盒", "46.80"),
    ("BRG-6204", "深沟球轴承 6204-2RS", "20×47×14 mm", "个", "12.50"),
    ("OFC-CHR-07", "Ergonomic mesh office chair", "Black, lumbar support", "把", "899.00"),
    ("PVC-DN50", "PVC-U 给水管 DN50", "1.6 MPa · 4 m/根", "根", "37.20"),
    ("LED-T8-18W", "T8 LED 灯管 18 W", "1.2 m · 6500 K", "支", "15.90"),
    ("GLV-NBR-L", "丁腈防护手套（加厚） L 码", "100 只/盒 · 食品级", "盒", "42.00"),
    ("CHAI-20", "Chai, 10 boxes × 20 bags", "Exotic Liquids", "箱", "126.00"),
    ("CTN-5L-K9", "五层瓦楞纸箱 K9", "600×400×400 mm", "只", "6.35"),
]
NAMES = ["陈思远", "Emma Larsen", "王丽华", "赵国强", "Li Na"]


@dataclass(frozen=True)
class Sample:
    """One page of the gallery."""

    name: str
    template: str
    context: dict[str, Any]


class Words:
    """Chooses between the two languages of a sample text."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, chinese: str, english: str) -> str:
        """Return the text in the language of the page."""
        return chinese if self.language == "zh" else english


def frame(language: str, theme: str, title: str, active: str, **more: Any) -> dict[str, Any]:
    """Return the page dict every template expects."""
    say = Words(language)
    items = [
        ("home", "工作台", "My work", "home", 12, None),
        ("orders", "订单", "Orders", "clipboard-list", 5, None),
        ("shipments", "发货", "Shipments", "truck-delivery", 3, None),
        ("stock", "库存", "Stock", "building-warehouse", None, None),
        ("invoices", "发票", "Invoices", "file-invoice", None, None),
        ("payments", "收款", "Payments", "cash", None, None),
        ("customers", "客户", "Customers", "building-store", None, say("资料", "Master data")),
        ("products", "商品", "Products", "package", None, None),
        ("imports", "导入", "Imports", "upload", None, None),
        ("users", "用户", "Users", "users", None, say("设置", "Settings")),
    ]
    return {
        "title": title,
        "language": "zh-Hans" if language == "zh" else "en",
        "theme": theme,
        "density": "standard",
        "keys": True,
        "user": {
            "name": "陈思远" if language == "zh" else "Emma Larsen",
            "email": "chen@example.com",
            "department": say("华东销售部", "Sales, East"),
            "initial": "陈" if language == "zh" else "EL",
        },
        "nav": [
            {"name": n, "label": say(zh, en), "icon": i, "count": c, "url": f"/{n}/", "active": n == active, "section": s}
            for n, zh, en, i, c, s in items
        ],
        "messages": [],
        "create_url": None,
        **more,
    }


def money_of(text: str) -> Decimal:
    """Return a decimal."""
    return Decimal(text)


def ago(**delta: float) -> datetime:
    """Return an instant before now."""
    return NOW - timedelta(**delta)


def days(number: int) -> date:
    """Return a day relative to today."""
    return TODAY + timedelta(days=number)


def pager(say: Words, total: str = "1,284", **more: Any) -> dict[str, Any]:
    """Return the footer of a list."""
    return {
        "total": say(f"共 {total} 条", f"{total} in all"),
        "matching": int(total.replace(",", "")),
        "sums": [],
        "previous": None,
        "next": "?after=x",
        "size": 50,
        "size_urls": [(n, f"?size={n}") for n in (20, 50, 100)],
        **more,
    }
