"""Adding and editing a product with its further units and list prices; an edit meets other people's edits openly."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from shundan.catalog.actions import PriceInput, ProductInput, change_product, create_product
from shundan.catalog.queries import KIT, Product, get_product, list_categories, list_tax_rates, list_units
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Refused, VersionConflict
from shundan.kernel.money import ZERO, parse_decimal, plain
from shundan.ui.doors import page
from shundan.ui.formatting import amount as written
from shundan.web.customer_form import CURRENCIES
from shundan.web.forms import Given, do_once, errors_of, go, new_key, problems_of, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.kits import kept_components, read_components, typed_components
from shundan.web.stock_words import TRACKINGS
from shundan.web.units import DEFAULTS, OFFERED, kept_units, read_units, typed_units
from shundan.web.words import PRODUCT_FIELDS, PRODUCT_KINDS, name_of, options

FORM_NAMES = {"name_zh": "name", "tax_category_code": "tax_code"}
TEXTS = (
    "sku",
    "barcode",
    "name",
    "name_en",
    "spec",
    "kind",
    "category",
    "unit",
    "tax_rate",
    "tax_code",
    "reorder_point",
    "weight",
    "tracking",
)


@page("product.edit", methods=("GET", "POST"))
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Add a product."""
    if request.method == "GET":
        values = {
            "kind": "kit" if request.GET.get("kind") == KIT else "goods",
            "unit": "pcs",
            "tax_rate": "vat13",
            "tracking": "none",
            "is_active": True,
            "units": [],
            "prices": [{"currency": "CNY"}],
            "components": [],
        }
        return _form(request, by, None, values)
    given = Given(request.POST)
    try:
        sku = do_once(request, by=by, work=lambda: create_product(_read(given, given.text("sku")), by=by).sku)
    except Refused as refusal:
        return _form(request, by, None, _typed(given), refusal=refusal)
    leave_message(request, _("The product %(sku)s was added.") % {"sku": sku})
    return go(request, reverse("products.show", kwargs={"sku": sku}))


@page("product.edit", methods=("GET", "POST"))
def edit(request: HttpRequest, sku: str, *, by: Actor) -> HttpResponse:
    """Change a product, on the version that the reader saw; its SKU stays."""
    product = get_product(sku, by=by)
    if request.method == "GET":
        return _form(request, by, product, _kept(product))
    given = Given(request.POST)
    try:
        change_product(sku, _read(given, sku), version=given.whole("version") or 0, by=by)
    except Refused as refusal:
        return _form(request, by, product, _typed(given) | {"sku": sku}, refusal=refusal)
    leave_message(request, _("The product was saved."))
    return go(request, reverse("products.show", kwargs={"sku": sku}))


def _read(given: Given, sku: str) -> ProductInput:
    """Return what was typed as the domain takes it. Raises: Malformed."""
    prices = []
    for at, row in enumerate(given.rows("price")):
        amount, least = parse_decimal(row.get("amount", "")), parse_decimal(row.get("min") or "0")
        if not row.get("amount") and not row.get("min"):
            continue
        if amount is None or least is None:
            path = f"prices[{at}].{'amount' if amount is None else 'min_quantity'}"
            given.problems.append(Detail(path, "not_a_number", _("Enter a number such as 1234.50.")))
        prices.append(
            PriceInput(
                amount=amount or ZERO,
                currency=row.get("currency") or "CNY",
                min_quantity=least or ZERO,
                unit=row.get("unit", ""),
            )
        )
    found = ProductInput(
        sku=sku,
        name_zh=given.text("name"),
        name_en=given.text("name_en"),
        barcode=given.text("barcode"),
        spec=given.text("spec"),
        kind=given.text("kind", "goods"),
        status="active" if given.flag("is_active") else "retired",
        category=given.text("category"),
        unit=given.text("unit"),
        tax_rate=given.text("tax_rate"),
        tax_category_code=given.text("tax_code"),
        reorder_point=given.number("reorder_point"),
        weight=given.number("weight"),
        tracking=given.text("tracking", "none"),
        has_expiry=given.flag("has_expiry"),
        units=read_units(given),
        prices=tuple(prices),
        components=read_components(given) or (() if given.text("kind") == KIT else None),
    )
    given.check()
    return found


def _kinds(*, is_kit: bool) -> dict[str, Any]:
    """Return the kinds that a kept product may change to: a kit stays one."""
    return {code: word for code, word in PRODUCT_KINDS.items() if (code == KIT) == is_kit}


def _taxes(product: Product | None, by: Actor) -> list[tuple[str, str]]:
    """Return the taxes that have a rate today, and the product's own whatever it has."""
    offered = {one.code: name_of(one) for one in list_tax_rates(by=by)}
    if product is not None:
        offered.setdefault(product.tax_rate.code, name_of(product.tax_rate))
    return list(offered.items())


def _form(
    request: HttpRequest, by: Actor, product: Product | None, values: dict[str, Any], *, refusal: Refused | None = None
) -> HttpResponse:
    is_conflict = isinstance(refusal, VersionConflict)
    is_kit = product.kind == KIT if product else None
    errors = {FORM_NAMES.get(path, path): said for path, said in errors_of(refusal).items()}
    back = reverse("products.show", kwargs={"sku": product.sku}) if product else reverse("products.list")
    context = {
        "page": frame(request, by, title=name_of(product) if product else _("New product"), active="products"),
        "submit_url": request.path,
        "cancel_url": back,
        "version": product.version if product else None,
        "key": new_key(),
        "refusal": refusal_of_form(refusal, known={d.path: "" for d in refusal.details}) if refusal else None,
        "conflicts": [
            {"field": str(PRODUCT_FIELDS.get(d.path, d.path)), "yours": d.yours or "--", "theirs": d.theirs or "--"}
            for d in (refusal.details if refusal and is_conflict else ())
        ],
        "errors": [] if is_conflict else [_renamed(one) for one in problems_of(refusal)],
        "error_of": {} if is_conflict else errors,
        "values": values,
        "prices": values["prices"],
        "further_units": values["units"],
        "components": values["components"],
        "choices": {
            "kinds": options(PRODUCT_KINDS if is_kit is None else _kinds(is_kit=is_kit)),
            "trackings": options(TRACKINGS),
            "categories": [(one.code, name_of(one)) for one in list_categories(by=by)],
            "units": [(one.code, name_of(one)) for one in list_units(by=by)],
            "tax_rates": _taxes(product, by),
            "currencies": [(code, code) for code in CURRENCIES],
            "offered": options(OFFERED),
            "defaults": options(DEFAULTS),
        },
    }
    return render(request, "products/edit.html", context, status=refusal.status if refusal else 200)


def _renamed(problem: dict[str, str]) -> dict[str, str]:
    name = problem["field"].removeprefix("f-")
    return {**problem, "field": f"f-{FORM_NAMES.get(name, name)}"}


def _kept(one: Product) -> dict[str, Any]:
    return {
        "sku": one.sku,
        "barcode": one.barcode,
        "name": one.name_zh,
        "name_en": one.name_en,
        "spec": one.spec,
        "kind": one.kind,
        "category": one.category.code if one.category else "",
        "unit": one.unit.code,
        "tax_rate": one.tax_rate.code,
        "tax_code": one.tax_category_code,
        "reorder_point": plain(one.reorder_point) if one.reorder_point is not None else "",
        "weight": plain(one.weight) if one.weight is not None else "",
        "tracking": one.tracking,
        "has_expiry": one.has_expiry,
        "is_active": one.status == "active",
        "units": kept_units(one),
        "components": kept_components(one) if one.kind == KIT else [],
        "prices": [
            {
                "unit": price.unit.code if price.unit else "",
                "currency": price.currency,
                "amount": _price(price.amount, price.currency),
                "min": plain(price.min_quantity),
            }
            for price in one.prices.all()
        ]
        or [{"currency": "CNY"}],
    }


def _price(value: Decimal, currency: str) -> str:
    """Write a price for its field: to the cent, and finer where the price itself is finer."""
    whole = written(value, currency).replace(",", "")
    return whole if Decimal(whole) == value else plain(value)


def _typed(given: Given) -> dict[str, Any]:
    values: dict[str, Any] = {name: given.data.get(name, "") for name in TEXTS}
    flags = {name: given.flag(name) for name in ("is_active", "has_expiry")}
    rows = {"prices": given.rows("price") or [{"currency": "CNY"}], "units": typed_units(given)}
    rows["components"] = typed_components(given)
    return values | flags | rows
