"""Sheets of products: what their columns mean, and a row made a product as it is given."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from shundan.catalog.actions import PriceInput, ProductInput, UnitInput
from shundan.catalog.queries import COMPANY_CURRENCY, Product
from shundan.exchange.sheets.records import Fields, Reader, choice_of, read_factor, words_of
from shundan.kernel.money import ZERO, plain

PRODUCT_FIELDS = Fields(
    names={
        "sku": ("货号", "SKU", "商品编码", "编码", "商品编号", "Item", "Item number", "Product code", "Code"),
        "name_zh": ("中文名称", "Chinese name", "名称", "商品名称", "品名", "Name", "Product name"),
        "name_en": ("英文名称", "English name"),
        "spec": ("规格", "Specification", "规格型号", "型号", "Spec", "Model"),
        "barcode": ("条码", "Barcode", "条形码", "国际条码", "EAN", "GTIN"),
        "kind": ("种类", "Kind"),
        "category": ("类别", "Category", "分类", "商品分类"),
        "unit": ("单位", "Unit", "计量单位", "UoM"),
        "tax_rate": ("税率", "Tax rate", "Tax"),
        "tax_category_code": ("税收分类编码", "Tax code", "税收编码"),
        "price": ("售价", "Price", "单价", "价格", "标准售价", "List price"),
        "currency": ("币种", "Currency"),
        "min_quantity": ("起订量", "From quantity", "数量起"),
        "weight": ("重量", "Weight", "单重", "重量kg", "Weight kg"),
        "reorder_point": ("补货点", "Reorder point", "安全库存", "最低库存"),
        "tracking": ("追踪", "Tracked by", "批次管理"),
        "has_expiry": ("有效期管理", "Expires", "是否有有效期"),
        "status": ("状态", "Status"),
        "further_unit": ("辅助单位", "Further unit", "包装单位"),
        "factor": ("换算", "Factor", "换算率", "装箱数", "每箱数量"),
        "unit_barcode": ("辅助单位条码", "Unit barcode", "箱码", "包装条码"),
        "further_price": ("辅助单位售价", "Price of further unit", "箱价"),
    },
    parts=frozenset(("price", "currency", "min_quantity", "further_unit", "factor", "unit_barcode", "further_price")),
    keys=("sku",),
    needed=frozenset(["sku"]),
    once=frozenset(["unit_barcode"]),
)
KINDS = {
    "goods": ("goods", "商品", "货物", "实物", "物料"),
    "service": ("service", "服务"),
    "charge": ("charge", "费用", "收费", "fee"),
}
STATUSES = {
    "active": ("active", "在售", "启用", "正常", "for sale"),
    "retired": ("retired", "停售", "停用", "discontinued"),
}
TRACKINGS = {
    "none": ("none", "不追踪", "无", "否", "not tracked"),
    "lot": ("lot", "批次", "按批次", "批号", "batch"),
    "serial": ("serial", "序列号", "按序列号", "serial number"),
}


@dataclass(frozen=True, slots=True)
class ProductWords:
    """What a file may call units, categories and tax rates, in small letters, and their codes."""

    units: Mapping[str, str]
    categories: Mapping[str, str]
    tax_rates: Mapping[str, str]


def read_product(reader: Reader, kept: ProductInput | None, words: ProductWords) -> ProductInput:
    """Return a product as its rows give it; what they leave empty stays as `kept` has it."""
    record, base = reader.record, kept or ProductInput(sku=reader.text("sku"), name_zh="")
    head = record.head
    category, tax = _("Enter a category that exists, by code or name."), _("Enter a tax rate as a code or like 13%.")
    return replace(
        base,
        name_zh=reader.text("name_zh", base.name_zh or head.get("name_en", "")),
        name_en=reader.text("name_en", base.name_en),
        spec=reader.text("spec", base.spec),
        barcode=reader.text("barcode", base.barcode),
        tax_category_code=reader.text("tax_category_code", base.tax_category_code),
        kind=reader.read("kind", base.kind, choice_of(KINDS), words_of(KINDS)),
        status=reader.read("status", base.status, choice_of(STATUSES), words_of(STATUSES)),
        tracking=reader.read("tracking", base.tracking, choice_of(TRACKINGS), words_of(TRACKINGS)),
        has_expiry=reader.flag("has_expiry", base.has_expiry),
        category=reader.read("category", base.category, lambda text: words.categories.get(text.lower()), category),
        unit=reader.read("unit", base.unit, lambda text: words.units.get(text.lower()), _unit_cure()),
        tax_rate=reader.read("tax_rate", base.tax_rate, lambda text: words.tax_rates.get(_plain_tax(text)), tax),
        weight=reader.number(record.row, head, "weight", base.weight),
        reorder_point=reader.number(record.row, head, "reorder_point", base.reorder_point),
        units=_units(reader, base, words),
        prices=_prices(reader, base, words),
    )


def input_of_product(product: Product) -> ProductInput:
    """Return a product as it would be given to stay as it is."""
    same = "sku barcode name_zh name_en spec kind status tax_category_code reorder_point weight tracking has_expiry"
    unit = "numerator denominator barcode for_sale for_purchase is_sale_default is_purchase_default".split()
    return ProductInput(
        **{name: getattr(product, name) for name in same.split()},
        category=product.category.code if product.category else "",
        unit=product.unit.code,
        tax_rate=product.tax_rate.code,
        units=tuple(
            UnitInput(unit=one.unit.code, **{name: getattr(one, name) for name in unit}) for one in product.units.all()
        ),
        prices=tuple(
            PriceInput(
                amount=one.amount,
                currency=one.currency,
                min_quantity=one.min_quantity,
                unit=one.unit.code if one.unit else "",
            )
            for one in product.prices.all()
        ),
    )


def product_as_json(given: ProductInput) -> dict[str, Any]:
    """Return a product as it is kept for the day an import is taken back."""
    kept = asdict(given)
    for part in (kept, *kept["prices"]):
        part |= {name: plain(value) for name, value in part.items() if isinstance(value, Decimal)}
    return kept


def product_of_json(kept: Mapping[str, Any]) -> ProductInput:
    """Return a product as it was kept."""
    values = dict(kept)
    for name in ("reorder_point", "weight"):
        values[name] = None if values[name] is None else Decimal(values[name])
    values["units"] = tuple(UnitInput(**one) for one in values["units"])
    values["prices"] = tuple(
        PriceInput(**one | {name: Decimal(one[name]) for name in ("amount", "min_quantity")})
        for one in values["prices"]
    )
    return ProductInput(**values)


def _units(reader: Reader, base: ProductInput, words: ProductWords) -> tuple[UnitInput, ...]:
    found = {one.unit: one for one in base.units}
    names = {"unit": "further_unit", "numerator": "factor", "denominator": "factor", "barcode": "unit_barcode"}
    for row, part in reader.record.parts:
        if not {"further_unit", "factor", "unit_barcode"} & part.keys():
            continue
        code = _further_unit(reader, row, part, words)
        kept = found.get(code)
        if kept is None and "factor" not in part:
            reader.note(row, "factor", _factor_cure())
        numerator, denominator = reader.read_part(
            row, part, "factor", (kept.numerator, kept.denominator) if kept else (1, 1), read_factor, _factor_cure()
        )
        one = kept or UnitInput(unit=code, numerator=1)
        barcode = part.get("unit_barcode", one.barcode)
        found[code] = replace(one, numerator=numerator, denominator=denominator, barcode=barcode)
        reader.place(f"units[{list(found).index(code)}]", row, names)
    return tuple(found.values())


def _prices(reader: Reader, base: ProductInput, words: ProductWords) -> tuple[PriceInput, ...]:
    found = {(one.unit, one.currency, one.min_quantity): one for one in base.prices}
    for row, part in reader.record.parts:
        currency = part.get("currency", COMPANY_CURRENCY).upper()
        least = reader.number(row, part, "min_quantity", ZERO)
        for name in ("price", "further_price"):
            if name not in part:
                continue
            unit = _further_unit(reader, row, part, words) if name == "further_price" else ""
            amount = reader.number(row, part, name, ZERO)
            key = (unit, currency, least)
            found[key] = PriceInput(amount=amount, currency=currency, min_quantity=least, unit=unit)
            places = {"amount": name, "min_quantity": "min_quantity", "unit": "further_unit"}
            reader.place(f"prices[{list(found).index(key)}]", row, places)
    return tuple(found.values())


def _further_unit(reader: Reader, row: int, part: Mapping[str, str], words: ProductWords) -> str:
    if "further_unit" not in part:
        reader.note(row, "further_unit", _unit_cure())
    return reader.read_part(row, part, "further_unit", "", lambda text: words.units.get(text.lower()), _unit_cure())


def _unit_cure() -> str:
    return _("Enter a unit by code or name, such as pcs, box or kg.")


def _factor_cure() -> str:
    return _("Enter how many of the product's unit it holds, such as 12 or 1/1000.")


def _plain_tax(text: str) -> str:
    """Return a tax rate as it is compared: 13 %, 13% and 0.13 are one."""
    small = "".join(text.lower().split())
    try:
        share = Decimal(small.removesuffix("%")) / (100 if small.endswith("%") or Decimal(small) >= 1 else 1)
    except ArithmeticError:
        return small
    return f"{(share * 100).normalize():f}%"


def tax_words(rates: Mapping[str, Decimal], names: Mapping[str, str]) -> dict[str, str]:
    """Return what a file may call tax rates; a percentage that several have is none of their names."""
    found = {name.lower(): code for name, code in names.items()}
    shares = [f"{(rate * 100).normalize():f}%" for rate in rates.values()]
    alone = {share: code for code, share in zip(rates, shares, strict=True) if shares.count(share) == 1}
    return alone | {"".join(name.split()): code for name, code in found.items()}
