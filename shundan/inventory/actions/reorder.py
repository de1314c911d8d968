"""Keeping the rules of when a product is bought again."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shundan.catalog.models import Product
from shundan.inventory.models import ReorderRule, Warehouse
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, VersionConflict, require
from shundan.kernel.events import record
from shundan.kernel.money import LARGEST_QUANTITY, QUANTITY_DECIMALS, ZERO, decimal_places
from shundan.parties.models import Supplier

LONGEST_LEAD = 730


@dataclass(frozen=True, slots=True, kw_only=True)
class ReorderInput:
    """A rule as it is given: quantities in the product's unit, the lead time in calendar days."""

    sku: str
    warehouse: str
    reorder_point: Decimal
    target: Decimal
    safety_stock: Decimal = ZERO
    supplier: str = ""
    lead_days: int = 0
    is_active: bool = True


@action
def save_reorder_rule(given: ReorderInput, *, by: Actor, version: int | None = None) -> ReorderRule:
    """Keep the rule of a product in a warehouse, new or changed; with `version` only if nobody else did meanwhile.

    Raises: NotPermitted, Malformed, VersionConflict.
    """
    require(by, "reorder_rule.edit")
    product = Product.objects.filter(sku=_key(given.sku), status="active", kind="goods").first()
    warehouse = Warehouse.objects.filter(code=_key(given.warehouse)).first()
    supplier = Supplier.objects.filter(number=_key(given.supplier)).first() if given.supplier else None
    _check(given, product=product, warehouse=warehouse, supplier=supplier)
    assert product is not None
    assert warehouse is not None
    rule = ReorderRule.objects.select_for_update().filter(product=product, warehouse=warehouse).first()
    if rule is None:
        rule = ReorderRule(product=product, warehouse=warehouse, version=0)
    elif version is not None and version != rule.version:
        raise VersionConflict()
    for name in ("reorder_point", "safety_stock", "target", "lead_days", "is_active"):
        setattr(rule, name, getattr(given, name))
    rule.supplier, rule.version, rule.changed_at = supplier, rule.version + 1, by.at
    rule.save()
    data = {
        "sku": product.sku,
        "warehouse": warehouse.code,
        "reorder_point": str(rule.reorder_point),
        "target": str(rule.target),
        "is_active": rule.is_active,
    }
    record("reorder_rule.saved", subject=("product", product.pk), by=by, data=data)
    return rule


@action
def drop_reorder_rule(sku: str, warehouse: str, *, by: Actor) -> None:
    """Forget the rule of a product in a warehouse. Raises: NotPermitted, NotFound."""
    require(by, "reorder_rule.edit")
    rows = ReorderRule.objects.select_for_update(of=("self",)).select_related("product", "warehouse")
    rule = rows.filter(product__sku=_key(sku), warehouse__code=_key(warehouse)).first()
    if rule is None:
        raise NotFound(what="reorder rule", key=f"{sku} {warehouse}"[:100])
    data = {"sku": rule.product.sku, "warehouse": rule.warehouse.code}
    rule.delete()
    record("reorder_rule.dropped", subject=("product", rule.product_id), by=by, data=data)


def _key(text: str) -> str:
    return text.replace("\x00", "").strip()[:100]


def _check(
    given: ReorderInput, *, product: Product | None, warehouse: Warehouse | None, supplier: Supplier | None
) -> None:
    wrong = []
    if product is None:
        wrong.append(Detail("sku", "unknown_sku", _("There are no such goods.")))
    if warehouse is None:
        wrong.append(Detail("warehouse", "unknown", _("There is no such warehouse.")))
    if given.supplier and supplier is None:
        wrong.append(Detail("supplier", "unknown", _("There is no such supplier.")))
    for path in ("reorder_point", "safety_stock", "target"):
        value = getattr(given, path)
        decimals = product.unit.decimals if product else QUANTITY_DECIMALS
        if not ZERO <= value <= LARGEST_QUANTITY:
            wrong.append(Detail(path, "out_of_range", _("Enter a quantity of 0 or more, at most 12 digits.")))
        elif decimal_places(value) > decimals:
            wrong.append(Detail(path, "too_many_decimals", _("The unit of this product takes fewer decimals.")))
    if not wrong and given.safety_stock > given.reorder_point:
        sentence = _("The safety stock is a part of the reorder point: enter at most the reorder point.")
        wrong.append(Detail("safety_stock", "out_of_range", sentence))
    if not wrong and (given.target < given.reorder_point or not given.target):
        sentence = _("Enter a target above 0 and not below the reorder point.")
        wrong.append(Detail("target", "out_of_range", sentence))
    if not 0 <= given.lead_days <= LONGEST_LEAD:
        wrong.append(Detail("lead_days", "out_of_range", _("Enter 0 to 730 days.")))
    if wrong:
        raise Malformed(details=wrong)
