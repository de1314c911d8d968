"""How goods are to be received: the rule that fits closest, the list of rules, and how much may come of a line."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Q

from shundan.catalog.models import Product
from shundan.fulfilment.models import ReceivingRule
from shundan.fulfilment.rules import tolerated
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, require
from shundan.kernel.listing import Page, page_of
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries import direction_of, receivable_of


@dataclass(frozen=True, slots=True)
class Awaited:
    """What of a line is still open, how much may come of it, how little may be missing, and the rule that says so."""

    open: Decimal
    most: Decimal
    forgiven: Decimal
    rule: ReceivingRule


def list_receiving_rules(
    *, by: Actor, search: str = "", cursor: str | None = None, limit: int = 50, counted: bool = False
) -> Page[ReceivingRule]:
    """Return one page of receiving rules, newest first. Raises: NotPermitted, Malformed."""
    require(by, "receipt.read")
    rows = ReceivingRule.objects.select_related("product", "supplier")
    wanted = search.strip().replace("\x00", "")[:80]
    if wanted:
        rows = rows.filter(
            Q(product__sku__iexact=wanted)
            | Q(product__name_zh__icontains=wanted)
            | Q(product__name_en__icontains=wanted)
            | Q(supplier__name__icontains=wanted)
        )
    return page_of(rows, cursor=cursor, limit=limit, counted=counted)


def get_receiving_rule(sku: str, supplier: str, *, by: Actor) -> ReceivingRule:
    """Return the rule of a product, of a supplier (by number), of both, or of all goods. Raises: NotPermitted,
    NotFound.
    """
    require(by, "receipt.read")
    rows = ReceivingRule.objects.select_related("product", "supplier")
    rows = rows.filter(product__sku=sku.replace("\x00", "")) if sku else rows.filter(product=None)
    rows = rows.filter(supplier__number=supplier.replace("\x00", "")) if supplier else rows.filter(supplier=None)
    found = rows.first()
    if found is None:
        raise NotFound(what="receiving rule", key=f"{sku} {supplier}"[:100])
    return found


def awaited_of(order: Order) -> dict[OrderLine, Awaited]:
    """Return each line of goods with what is open, and how much may come: of a purchase within its tolerance.

    A line of which something was closed is open for nothing beyond what it says.
    """
    lines = receivable_of(order)
    rules = _rules_for({line.product_id for line in lines}, order.supplier_id) if direction_of(order).is_billed else {}
    with_tolerance = [pk for pk, rule in rules.items() if rule.over_percent or rule.short_percent]
    rows = Product.objects.filter(pk__in=with_tolerance) if with_tolerance else Product.objects.none()
    decimals = dict(rows.values_list("pk", "unit__decimals"))
    found = {}
    for line, left in lines.items():
        rule, places = rules.get(line.product_id, NO_RULE), decimals.get(line.product_id, 0)
        most = left
        if rule.over_percent and not line.cancelled:
            over = tolerated(line.quantity, rule.over_percent, decimals=places)
            most = max(left, line.quantity + over - line.shipped)
        found[line] = Awaited(left, most, tolerated(line.quantity, rule.short_percent, decimals=places), rule)
    return found


def _rules_for(product_ids: Iterable[int], supplier_id: int | None) -> dict[int, ReceivingRule]:
    """Return by product the rule that fits closest: product and supplier, product, supplier, all goods."""
    wanted = set(product_ids)
    rows = ReceivingRule.objects.filter(
        Q(product_id__in=wanted) | Q(product=None), Q(supplier_id=supplier_id) | Q(supplier=None)
    ).order_by(F("product_id").asc(nulls_first=True), F("supplier_id").asc(nulls_first=True))
    found: dict[int, ReceivingRule] = {}
    for rule in rows:  # The closest comes last.
        found |= dict.fromkeys(wanted if rule.product_id is None else [rule.product_id], rule)
    return found


# What holds where nobody has said anything.
NO_RULE = ReceivingRule()
