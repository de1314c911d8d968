"""Goods that lie with us and stay a supplier's (consigned): who has what where, and taking some in."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from shundan.accounts.scopes import may_with_kind
from shundan.analytics.actions import note_report_exported
from shundan.catalog.queries import get_product
from shundan.inventory.actions import receive_consigned
from shundan.inventory.queries import StockPosition, get_open_warehouse, list_consigned, list_warehouses
from shundan.kernel.actor import Actor
from shundan.kernel.days import company_day
from shundan.kernel.errors import Refused
from shundan.kernel.money import plain
from shundan.parties.queries import suggest_suppliers
from shundan.ui.badges import BADGES
from shundan.ui.doors import page
from shundan.web.exports import Cell, csv_file, file_form, guarded, xlsx_file
from shundan.web.forms import Given, do_once, errors_of, go, new_key, problems_of, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.lists import State, plain_list, state_of
from shundan.web.places import location_name, locations_to_choose, lots_typed
from shundan.web.stock import place_row
from shundan.web.words import name_of

STEP = 200
FIELDS = ("supplier", "warehouse", "location", "quantity", "note", "lots", "expires_on", "happened_at")


@page("stock.read")
def consigned_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show one page of the places where goods of suppliers lie."""
    state = state_of(request)
    found = list_consigned(by=by, **_filters(state), cursor=state.cursor, limit=state.size, counted=True)
    create_url = reverse("consigned.new") if by.may("stock.receive") else None
    listed = plain_list(
        state,
        found,
        [_row(one, by) for one in found.items],
        url=reverse("consigned.list"),
        placeholder=_("SKU, product or supplier"),
        caption=_("Consigned goods"),
        create_label=_("Receive consigned goods"),
        empty_title=_("No consigned goods"),
        empty_text=_(
            "Goods that a supplier leaves with you and you pay for only when you take them over lie here."
            " They are counted apart, and nobody is promised them."
        ),
    )
    if by.may("report.export"):
        listed["list"]["export_url"] = state.link(path=reverse("consigned.export"), drop=("size",))
    context = {
        "page": frame(request, by, title=_("Consigned goods"), active="stock", create_url=create_url),
        "choices": {"warehouses": [(one.code, name_of(one)) for one in list_warehouses(by=by)]},
        "query": {"warehouse": state.text("warehouse")},
        **listed,
    }
    return render(request, "stock/consigned.html", context)


@page("report.export")
def export(request: HttpRequest, *, by: Actor) -> HttpResponseBase:
    """Give out all that the list's filter finds as XLSX or CSV: what is agreed upon with each supplier."""
    state = state_of(request)
    form = file_form(state)
    head = [_("Supplier"), _("Whose goods"), _("SKU"), _("Product"), _("Warehouse"), _("Location"), _("Lot")]
    head += [_("Expires on"), _("Status"), _("Quantity"), _("Unit"), _("Here since")]
    rows, cursor = list[list[Cell]](), None
    while True:
        found = list_consigned(by=by, **_filters(state), cursor=cursor, limit=STEP)
        rows += [_line(one) for one in found.items]
        cursor = found.next
        if cursor is None:
            break
    note_report_exported("consigned", form=form, filters=state.filter_string(), by=by)
    name = f"consigned-{by.today.isoformat()}"
    return csv_file(name, head, rows) if form == "csv" else xlsx_file(name, head, rows)


@page("stock.receive", methods=("GET", "POST"))
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Take goods in that stay a supplier's."""
    if request.method == "GET":
        return _form(request, by, Given(request.GET))
    given = Given(request.POST)

    def work() -> str:
        product = get_product(given.text("product"), by=by)
        quantity = given.needed("quantity")
        lots = lots_typed(given, quantity, product)
        happened_at = given.moment("happened_at", zone=by.company_zone)
        supplier, place, location, remark = (given.text(name) for name in ("supplier", "warehouse", "location", "note"))
        given.check()
        receive_consigned(
            supplier=supplier,
            product_id=product.pk,
            warehouse_id=get_open_warehouse(place, by=by).pk,
            quantity=quantity,
            location=location,
            lots=lots,
            remark=remark,
            effective_at=happened_at,
            by=by,
        )
        return product.sku

    try:
        sku = do_once(request, by=by, work=work)
    except Refused as refusal:
        return _form(request, by, given, refusal=refusal)
    leave_message(request, _("Consigned goods of %(sku)s were received.") % {"sku": sku})
    return go(request, reverse("consigned.list"))


@page("stock.receive")
def owners(request: HttpRequest, *, by: Actor) -> JsonResponse:
    """Return the suppliers that fit what was typed, by name and number alone: whoever takes goods in may name them."""
    found = suggest_suppliers(request.GET.get("q", ""), by=by, permission="stock.receive")
    return JsonResponse({"items": [{"id": one.number, "label": one.name, "detail": one.number} for one in found]})


def _form(request: HttpRequest, by: Actor, given: Given, *, refusal: Refused | None = None) -> HttpResponse:
    sku = given.data.get("product", "")
    product = get_product(sku, by=by) if sku else None
    context = {
        "page": frame(request, by, title=_("Receive consigned goods"), active="stock"),
        "submit_url": reverse("consigned.new"),
        "cancel_url": reverse("consigned.list"),
        "key": new_key(),
        "refusal": refusal_of_form(refusal, known={"quantity": "", "supplier": ""}) if refusal else None,
        "errors": problems_of(refusal),
        "error_of": errors_of(refusal),
        "product": {
            "id": product.sku,
            "label": f"{product.sku} · {name_of(product)}",
            "unit": name_of(product.unit),
            "tracking": product.tracking,
            "has_expiry": product.has_expiry,
        }
        if product
        else None,
        "values": {name: given.data.get(name, "") for name in FIELDS}
        | {"supplier_name": _name_of(given.data.get("supplier", ""), by)},
        "choices": {
            "warehouses": [(one.code, name_of(one)) for one in list_warehouses(by=by)],
            "locations": locations_to_choose(by),
        },
    }
    return render(request, "stock/consigned_new.html", context, status=refusal.status if refusal else 200)


def _filters(state: State) -> dict[str, Any]:
    names = {"search": "q", "supplier": "supplier", "warehouse": "warehouse"}
    return {name: state.text(key) for name, key in names.items()}


def _line(one: StockPosition) -> list[Cell]:
    supplier, lot = one.owner, one.lot
    assert supplier is not None  # such positions alone are listed
    words = (supplier.number, supplier.name, one.product.sku, name_of(one.product), name_of(one.warehouse))
    said = [guarded(word) for word in (*words, location_name(one.location), lot.code if lot else "")]
    status = str(BADGES["position"][one.status].label)
    days = (lot.expires_on if lot else None, company_day(one.since))
    return [*said, days[0], status, Decimal(plain(one.quantity)), name_of(one.product.unit), days[1]]


def _name_of(number: str, by: Actor) -> str:
    """Return the name of the supplier that was chosen, or what was typed instead."""
    found = suggest_suppliers(number, by=by, limit=1, permission="stock.receive") if number else []
    return found[0].name if found and found[0].number == number else number


def _row(one: StockPosition, by: Actor) -> dict[str, Any]:
    supplier = one.owner
    assert supplier is not None  # such positions alone are listed
    may_buy = may_with_kind(by, "order.create", "purchase")
    return {
        **place_row(one, by),
        "id": one.pk,
        "sku": one.product.sku,
        "name": name_of(one.product),
        "unit": name_of(one.product.unit),
        "product_url": reverse("stock.show", kwargs={"sku": one.product.sku}),
        "supplier_url": reverse("suppliers.show", kwargs={"number": supplier.number})
        if by.may("supplier.read")
        else None,
        "order_url": f"{reverse('orders.new')}?kind=purchase&supplier={supplier.number}" if may_buy else None,
        "since": one.since,
        "is_new": False,
    }


routes = [
    path("stock/consigned/", consigned_list, name="consigned.list"),
    path("stock/consigned/export/", export, name="consigned.export"),
    path("stock/consigned/new/", new, name="consigned.new"),
    path("stock/consigned/suppliers/", owners, name="consigned.suppliers"),
]
