"""What every installation needs before its first order: units, taxes, terms, order types, workflows, a warehouse."""

from decimal import Decimal
from pathlib import Path

from django.utils import timezone

from shundan.catalog.actions import TaxInput, TaxPeriodInput, TaxRuleInput, ship_taxes
from shundan.catalog.models import Unit
from shundan.catalog.queries import ABROAD
from shundan.config.shipped_attributes import SHIPPED_ATTRIBUTES
from shundan.inventory.models import Warehouse
from shundan.kernel.actor import system_actor
from shundan.kernel.db import action
from shundan.ledger.actions import ship_chart
from shundan.orders.actions import save_order_type, ship_reasons
from shundan.parties.models import PaymentTerm
from shundan.workflow.actions import ship_definition, ship_table

WORKFLOWS = Path(__file__).resolve().parent.parent / "orders" / "workflows"
ROOMS = WORKFLOWS.parent.parent

UNITS = (
    ("pcs", "件", "pcs", 0),
    ("box", "箱", "box", 0),
    ("set", "套", "set", 0),
    ("pack", "包", "pack", 0),
    ("kg", "千克", "kg", 3),
    ("g", "克", "g", 0),
    ("m", "米", "m", 2),
    ("l", "升", "l", 2),
    ("hour", "小时", "hour", 2),
)

# Rates as data, to be confirmed by an accountant (flows 4.9); zero, exempt and not taxable are three things.
TAXES = (
    ("vat13", "增值税 13%", "VAT 13%", "taxable", "0.13", "一般计税，货物 / general"),
    ("vat9", "增值税 9%", "VAT 9%", "taxable", "0.09", "一般计税，运输、建筑、农产品等 / general"),
    ("vat6", "增值税 6%", "VAT 6%", "taxable", "0.06", "一般计税，服务 / general"),
    ("vat5", "简易计税 5%", "Simple VAT 5%", "taxable", "0.05", "简易计税，不动产等 / simple"),
    ("vat3", "增值税 3%", "VAT 3%", "taxable", "0.03", "小规模纳税人、简易计税 / small-scale, simple"),
    ("vat1", "减按 1%", "Reduced VAT 1%", "taxable", "0.01", "小规模纳税人减按征收 / small-scale, reduced"),
    ("zero", "零税率", "Zero rate", "zero", "0", "出口 / export"),
    ("exempt", "免税", "Exempt", "exempt", "0", ""),
    ("untaxed", "不征税", "Not taxable", "not_taxable", "0", ""),
)
# What a customer's status and country do to the tax of a product: rank, name, status, country, tax.
TAX_RULES = (
    (10, "免税客户 / exempt customers", "exempt", "", "exempt"),
    (20, "不征税客户 / not taxable customers", "not_taxable", "", "untaxed"),
    (30, "出口客户 / exporters", "export", "", "zero"),
    (40, "境外客户 / customers abroad", "normal", ABROAD, "zero"),
)

PAYMENT_TERMS = (
    ("cash", "款到发货", "Payment in advance", 0, False),
    ("net7", "7 天", "7 days", 7, False),
    ("net15", "15 天", "15 days", 15, False),
    ("net30", "30 天", "30 days", 30, False),
    ("net60", "60 天", "60 days", 60, False),
    ("eom30", "月结 30 天", "30 days end of month", 30, True),
    ("eom60", "月结 60 天", "60 days end of month", 60, True),
)


ORDER_TYPES: tuple[dict[str, str], ...] = (
    {"code": "sales", "kind": "sale", "name_zh": "销售订单", "name_en": "Sales order"},
    {"code": "purchase", "kind": "purchase", "name_zh": "采购订单", "name_en": "Purchase order"},
    {"code": "sales_return", "kind": "return", "name_zh": "销售退货", "name_en": "Customer return"},
    {
        "code": "purchase_return",
        "kind": "return",
        "name_zh": "采购退货",
        "name_en": "Supplier return",
        "prefix": "PR",
        "party": "supplier",
        "workflow": "supplier_return",
    },
    {"code": "service", "kind": "service", "name_zh": "服务订单", "name_en": "Service order"},
    {"code": "transfer", "kind": "transfer", "name_zh": "调拨单", "name_en": "Stock transfer"},
    {
        "code": "service_transfer",
        "kind": "transfer",
        "name_zh": "内部服务",
        "name_en": "Internal service",
        "prefix": "TS",
        "workflow": "service_transfer",
    },
)


@action
def load_shipped() -> None:
    """Load what is shipped; what is there already stays as it is. Runs at every start and in tests."""
    by = system_actor(timezone.now())
    for code, name_zh, name_en, decimals in UNITS:
        values = {"name_zh": name_zh, "name_en": name_en, "decimals": decimals}
        Unit.objects.get_or_create(code=code, defaults=values)
    ship_taxes(
        [
            TaxInput(
                code=code,
                name_zh=name_zh,
                name_en=name_en,
                periods=(TaxPeriodInput(kind=kind, rate=Decimal(rate), reason=reason),),
            )
            for code, name_zh, name_en, kind, rate, reason in TAXES
        ],
        [
            TaxRuleInput(name=name, rank=rank, tax_status=status, country=country, tax=tax)
            for rank, name, status, country, tax in TAX_RULES
        ],
    )
    for code, name_zh, name_en, days, is_end_of_month in PAYMENT_TERMS:
        term = {"name_zh": name_zh, "name_en": name_en, "days": days, "is_end_of_month": is_end_of_month}
        PaymentTerm.objects.get_or_create(code=code, defaults=term)
    for path in sorted(WORKFLOWS.glob("*.toml")):
        ship_definition(path.read_text(encoding="utf-8"), by=by)
    for path in sorted(ROOMS.glob("*/approvals/*.toml")):
        ship_table(path.read_text(encoding="utf-8"), subject_kind=path.stem, by=by)
    ship_reasons()
    ship_chart()
    for facts in ORDER_TYPES:
        save_order_type(**facts, attributes=SHIPPED_ATTRIBUTES.get(facts["code"], ()), by=by)
    if not Warehouse.objects.exists():
        Warehouse.objects.create(code="MAIN", name_zh="主仓库", name_en="Main warehouse", is_default=True)
