"""Keeping the rules of receiving: tolerances, and what is examined before it may be used."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shundan.catalog.models import Product
from shundan.fulfilment.models import ReceivingRule
from shundan.fulfilment.queries import get_receiving_rule
from shundan.fulfilment.rules import EXAMINED
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, VersionConflict, require
from shundan.kernel.events import record
from shundan.kernel.money import ZERO, decimal_places, plain
from shundan.parties.models import Supplier


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivingRuleInput:
    """A rule as it is given: of a product (SKU), of a supplier (number), of both, or of neither, which is all goods."""

    sku: str = ""
    supplier: str = ""
    over_percent: Decimal = ZERO
    short_percent: Decimal = ZERO
    examined: str = "none"
    sample_percent: Decimal | None = None


@action
def save_receiving_rule(given: ReceivingRuleInput, *, by: Actor, version: int | None = None) -> ReceivingRule:
    """Keep a rule, new or changed; with `version` only if nobody else changed it meanwhile.

    Raises: NotPermitted, Malformed, VersionConflict.
    """
    require(by, "receiving_rule.edit")
    sku, number = _key(given.sku), _key(given.supplier)
    product = Product.objects.filter(sku=sku, kind="goods").first() if sku else None
    supplier = Supplier.objects.filter(number=number).first() if number else None
    _check(given, is_unknown={"sku": bool(sku) and product is None, "supplier": bool(number) and supplier is None})
    rule = ReceivingRule.objects.select_for_update().filter(product=product, supplier=supplier).first()
    if rule is None:
        rule = ReceivingRule(product=product, supplier=supplier, version=0)
    elif version is not None and version != rule.version:
        raise VersionConflict()
    for name in ("over_percent", "short_percent", "examined", "sample_percent"):
        setattr(rule, name, getattr(given, name))
    rule.version, rule.changed_at = rule.version + 1, by.at
    rule.save()
    record("receiving_rule.saved", subject=_subject(rule), by=by, data=_facts(rule))
    return rule


@action
def drop_receiving_rule(sku: str, supplier: str, *, by: Actor) -> None:
    """Forget a rule. Raises: NotPermitted, NotFound."""
    require(by, "receiving_rule.edit")
    rule = get_receiving_rule(_key(sku), _key(supplier), by=by)
    subject, facts = _subject(rule), _facts(rule)
    rule.delete()
    record("receiving_rule.dropped", subject=subject, by=by, data=facts)


def _subject(rule: ReceivingRule) -> tuple[str, int]:
    if rule.product_id is not None:
        return ("product", rule.product_id)
    return ("supplier", rule.supplier_id) if rule.supplier_id is not None else ("receiving_rule", int(rule.pk))


def _facts(rule: ReceivingRule) -> dict[str, str]:
    return {
        "sku": rule.product.sku if rule.product else "",
        "supplier": rule.supplier.number if rule.supplier else "",
        "over_percent": plain(rule.over_percent),
        "short_percent": plain(rule.short_percent),
        "examined": rule.examined,
        "sample_percent": "" if rule.sample_percent is None else plain(rule.sample_percent),
    }


def _key(text: str) -> str:
    return text.replace("\x00", "").strip()[:100]


def _check(given: ReceivingRuleInput, *, is_unknown: dict[str, bool]) -> None:
    wrong = []
    if is_unknown["sku"]:
        wrong.append(Detail("sku", "unknown_sku", _("There are no such goods.")))
    if is_unknown["supplier"]:
        wrong.append(Detail("supplier", "unknown", _("There is no such supplier.")))
    if given.examined not in EXAMINED:
        wrong.append(Detail("examined", "unknown", _("Choose one of the offered values.")))
    for path in ("over_percent", "short_percent", "sample_percent"):
        value = getattr(given, path)
        if value is not None and (not 0 <= value <= 100 or decimal_places(value) > 2):
            wrong.append(Detail(path, "out_of_range", _("Enter 0 to 100 percent with at most 2 decimals.")))
    if (given.examined == "sample") != bool(given.sample_percent) and not wrong:
        sentence = _("Say how many percent are examined, for a sample and only then.")
        wrong.append(Detail("sample_percent", "out_of_range", sentence))
    if wrong:
        raise Malformed(details=wrong)
