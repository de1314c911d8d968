"""What kits are made of: judged, written, and guarded against components that go silently."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shundan.catalog.models import KitComponent, Product
from shundan.catalog.rules import KIT
from shundan.kernel.errors import Detail, Malformed, Refused
from shundan.kernel.money import LARGEST_QUANTITY, decimal_places, plain

MOST_COMPONENTS = 50


class ComponentInKits(Refused):
    """A product is to be discontinued that kits are made of."""

    code = "component_in_kits"
    sentence = _(
        "%(sku)s is part of kits that are for sale: %(kits)s. Take it out of them, or discontinue them, first."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentInput:
    """How much of a product, by SKU and in its own unit, one kit holds."""

    sku: str
    quantity: Decimal


def faults_of_kit(
    kind: str, tracking: str, has_units: bool, given: Sequence[ComponentInput] | None, *, kept: Product | None, sku: str
) -> Iterable[Detail]:
    """Return what is wrong with a product as a kit, or with components of what is none; None keeps the components."""
    if kept is not None and (kept.kind == KIT) != (kind == KIT):
        sentence = _("Whether a product is a kit stays as it was added. Add a new product instead.")
        yield Detail("kind", "kit_stays", sentence)
        return
    if kind != KIT:
        if given:
            yield Detail("components", "not_a_kit", _("Only kits have components. Choose the kind “Kit”."))
        return
    if tracking != "none" or has_units:
        sentence = _("A kit has no stock of its own: lots and further units belong to its components.")
        yield Detail("tracking" if tracking != "none" else "units", "kit_has_no_stock", sentence)
    if not (given or (given is None and kept is not None)):
        yield Detail("components", "required", _("Name what the kit is made of."))
    elif given:
        yield from _faults_of_components(given, sku)


def _faults_of_components(given: Sequence[ComponentInput], kit: str) -> Iterable[Detail]:
    if len(given) > MOST_COMPONENTS:
        yield Detail("components", "too_many", _("A kit has at most 50 components."))
        return
    rows = Product.objects.filter(sku__in={one.sku.replace("\x00", "") for one in given}).select_related("unit")
    known, seen = {one.sku: one for one in rows}, set()
    for at, one in enumerate(given):
        path, product = f"components[{at}]", known.get(one.sku)
        if product is None or one.sku == kit:
            if one.sku == kit:
                itself = _("A kit is not a part of itself. Choose another product.")
                yield Detail(f"{path}.sku", "kit_in_kit", itself)
            else:
                unknown = _("There is no product with the SKU “%(sku)s”.") % {"sku": one.sku[:60].replace("\x00", "")}
                yield Detail(f"{path}.sku", "unknown_sku", unknown)
            continue
        if product.kind == KIT:
            sentence = _("%(sku)s is a kit itself. Name its components here instead.")
            yield Detail(f"{path}.sku", "kit_in_kit", sentence % {"sku": product.sku})
        elif product.status != "active":
            yield Detail(f"{path}.sku", "retired_product", _("This product is no longer sold."))
        if one.sku in seen:
            yield Detail(f"{path}.sku", "twice", _("This stands here twice. Keep one of them."))
        seen.add(one.sku)
        if not 0 < one.quantity <= LARGEST_QUANTITY:
            yield Detail(f"{path}.quantity", "out_of_range", _("Enter a quantity above 0, at most 12 digits."))
        elif decimal_places(one.quantity) > product.unit.decimals:
            finer = _("%(sku)s is counted with at most %(num)s decimals.")
            facts = {"sku": product.sku, "num": product.unit.decimals}
            yield Detail(f"{path}.quantity", "too_many_decimals", finer % facts)


def save_components(kit: Product, given: Sequence[ComponentInput]) -> list[str]:
    """Write what a locked kit is made of; return it before and after, as events tell it. Raises: Malformed.

    The components are locked: nobody discontinues one meanwhile.
    """
    before = components_said(kit)
    rows = Product.objects.select_for_update(no_key=True, of=("self",)).filter(sku__in=[one.sku for one in given])
    known = {one.sku: one for one in rows.order_by("pk")}
    wrong = [
        Detail(f"components[{at}].sku", "retired_product", _("This product is no longer sold."))
        for at, one in enumerate(given)
        if one.sku not in known or known[one.sku].status != "active"
    ]
    if wrong:
        raise Malformed(details=wrong)
    KitComponent.objects.filter(kit=kit).delete()
    KitComponent.objects.bulk_create(
        KitComponent(kit=kit, component=known[one.sku], quantity=one.quantity) for one in given
    )
    return [before, components_said(kit)]


def components_said(kit: Product) -> str:
    """Return what a kit is made of in one line."""
    rows = KitComponent.objects.filter(kit=kit).order_by("id").values_list("component__sku", "quantity")
    return ", ".join(f"{sku} × {plain(quantity)}" for sku, quantity in rows)


def require_no_kit_needs(product: Product) -> None:
    """Refuse to discontinue a locked product that active kits are made of. Raises: ComponentInKits."""
    kits = KitComponent.objects.filter(component=product, kit__status="active").order_by("kit__sku")
    skus = list(kits.values_list("kit__sku", flat=True)[:5])
    if skus:
        raise ComponentInKits(sku=product.sku, kits=", ".join(skus))


def require_active_components(kit: Product) -> None:
    """Refuse to sell a kit again whose components are discontinued. Raises: Malformed."""
    rows = KitComponent.objects.filter(kit=kit).exclude(component__status="active").order_by("id")
    gone = list(rows.values_list("component__sku", flat=True)[:5])
    if gone:
        sentence = _("The kit has components that are discontinued: %(skus)s. Replace them first.")
        raise Malformed(details=[Detail("status", "retired_component", sentence % {"skus": ", ".join(gone)})])
