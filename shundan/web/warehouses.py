"""Warehouses and their locations: the list, one warehouse, adding and changing."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from shundan.inventory.actions import (
    LocationInput,
    WarehouseInput,
    change_warehouse,
    close_warehouse,
    create_warehouse,
    reopen_warehouse,
    save_location,
)
from shundan.inventory.queries import (
    Location,
    Warehouse,
    get_warehouse,
    list_locations,
    list_warehouses,
    location_kinds,
    timeline_of_warehouse,
)
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, Refused
from shundan.orders.queries import people_choices
from shundan.ui.doors import page
from shundan.web.forms import Given, do_once, errors_of, go, new_key, problems_of, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.places import location_name
from shundan.web.stock_words import LOCATION_KINDS, WAREHOUSE_OPERATORS
from shundan.web.timeline import timeline
from shundan.web.words import name_of, options

WAREHOUSE_TEXTS = ("name_zh", "name_en", "province", "city", "district", "street", "contact_name", "phone", "operator")
WAREHOUSE_FIELDS = ("code", *WAREHOUSE_TEXTS, "priority")
KEEPER = "keeper"
LOCATION_FIELDS = ("code", "zone", "bin", "kind", "walking_order")


@page("stock.read")
def warehouse_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the warehouses, the first one being the default."""
    create_url = reverse("warehouses.new") if by.may("warehouse.edit") else None
    context = {
        "page": frame(request, by, title=_("Warehouses"), active="warehouses", create_url=create_url),
        "create_url": create_url,
        "warehouses": [_row(one) for one in list_warehouses(by=by, active=False)],
    }
    return render(request, "warehouses/list.html", context)


@page("stock.read")
def show(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Show a warehouse with its locations in walking order."""
    return _shown(request, by, get_warehouse(code, by=by), None)


@page("warehouse.edit", methods=("POST",))
def set_open(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Close a warehouse that nothing needs, or open it again."""
    closes = Given(request.POST).text("what") == "close"
    try:
        do_once(request, by=by, work=lambda: (close_warehouse if closes else reopen_warehouse)(code, by=by).code)
    except Refused as refusal:
        return _shown(request, by, get_warehouse(code, by=by), refusal)
    leave_message(request, _("The warehouse is closed.") if closes else _("The warehouse is open again."))
    return go(request, reverse("warehouses.show", kwargs={"code": code}))


def _shown(request: HttpRequest, by: Actor, one: Warehouse, refusal: Refused | None) -> HttpResponse:
    may_edit, named = by.may("warehouse.edit"), {"code": one.code}
    context = {
        "page": frame(request, by, title=name_of(one), active="warehouses"),
        "warehouse": _row(one) | _facts(one),
        "refusal": refusal_of_form(refusal, known={}) if refusal else None,
        "key": new_key(),
        "edit_url": reverse("warehouses.edit", kwargs=named) if may_edit else None,
        "open_url": reverse("warehouses.open", kwargs=named) if may_edit and not one.is_default else None,
        "new_url": reverse("warehouses.new_location", kwargs=named) if may_edit else None,
        "locations": [_location(place, one, may_edit) for place in list_locations(one, by=by)],
        "events": timeline(timeline_of_warehouse(one, by=by)),
    }
    return render(request, "warehouses/show.html", context, status=_status(refusal))


@page("warehouse.edit", methods=("GET", "POST"))
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Add a warehouse."""
    return _warehouse_form(request, by, None)


@page("warehouse.edit", methods=("GET", "POST"))
def edit(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Change a warehouse; its code stays."""
    return _warehouse_form(request, by, get_warehouse(code, by=by))


@page("warehouse.edit", methods=("GET", "POST"))
def new_location(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Add a location to a warehouse."""
    return _location_form(request, by, get_warehouse(code, by=by), None)


@page("warehouse.edit", methods=("GET", "POST"))
def edit_location(request: HttpRequest, code: str, place: str, *, by: Actor) -> HttpResponse:
    """Change a location; its code stays."""
    warehouse = get_warehouse(code, by=by)
    found = next((one for one in list_locations(warehouse, by=by) if one.code == place), None)
    if found is None:
        raise NotFound(what="location", key=place[:60])
    return _location_form(request, by, warehouse, found)


def _warehouse_form(request: HttpRequest, by: Actor, one: Warehouse | None) -> HttpResponse:
    values = {name: getattr(one, name, "") for name in WAREHOUSE_FIELDS}
    values |= {KEEPER: str(one.keeper_id or "") if one else "", "is_default": bool(one and one.is_default)}
    values["version"] = one.version if one else 0
    given, refusal = Given(request.POST), None
    if request.method == "POST":
        values = {name: given.data.get(name, "") for name in (*WAREHOUSE_FIELDS, KEEPER, "version")}
        values["is_default"] = given.flag("is_default")

        def work() -> str:
            typed: dict[str, Any] = {name: given.text(name) for name in WAREHOUSE_TEXTS}
            typed["operator"] = typed["operator"] or "own"
            typed |= {"priority": int(given.number("priority") or 0), "keeper_id": given.whole(KEEPER)}
            # The box of the default one cannot be emptied: another one takes its place.
            typed["is_default"] = given.flag("is_default") or None
            version = given.whole("version") or 0
            given.check()
            if one is None:
                made = create_warehouse(code=given.text("code"), by=by, is_new=True, **typed)
            else:
                made = change_warehouse(one.code, WarehouseInput(**typed), version=version, by=by)
            return reverse("warehouses.show", kwargs={"code": made.code})

        try:
            url = do_once(request, by=by, work=work)
        except Refused as refused:
            refusal = refused
        else:
            leave_message(request, _("The warehouse was saved."))
            return go(request, url)
    cancel = reverse("warehouses.show", kwargs={"code": one.code}) if one else reverse("warehouses.list")
    context = _form(request, by, name_of(one) if one else _("New warehouse"), cancel, values, refusal)
    context |= {
        "is_new": one is None,
        "operators": options(WAREHOUSE_OPERATORS),
        "people": list(people_choices().items()),
    }
    return render(request, "warehouses/edit.html", context, status=_status(refusal))


def _location_form(request: HttpRequest, by: Actor, warehouse: Warehouse, one: Location | None) -> HttpResponse:
    values: dict[str, Any] = {name: getattr(one, name, "") for name in LOCATION_FIELDS}
    values |= {"is_active": one.is_active if one else True, "kind": one.kind if one else "shelf"}
    given, refusal = Given(request.POST), None
    cancel = reverse("warehouses.show", kwargs={"code": warehouse.code})
    if request.method == "POST":
        values = {name: given.data.get(name, "") for name in LOCATION_FIELDS} | {"is_active": given.flag("is_active")}

        def work() -> str:
            number = given.number("walking_order")
            typed = LocationInput(
                code=one.code if one else given.text("code"),
                zone=given.text("zone"),
                bin=given.text("bin"),
                kind=given.text("kind", "shelf"),
                walking_order=int(number or 0),
                is_active=given.flag("is_active"),
            )
            given.check()
            save_location(warehouse.code, typed, by=by, is_new=one is None)
            return cancel

        try:
            url = do_once(request, by=by, work=work)
        except Refused as refused:
            refusal = refused
        else:
            leave_message(request, _("The location was saved."))
            return go(request, url)
    context = _form(request, by, location_name(one) if one else _("New location"), cancel, values, refusal)
    kinds = [(kind, str(LOCATION_KINDS[kind])) for kind in location_kinds()]
    context |= {"is_new": one is None, "choices": {"kinds": kinds}}
    return render(request, "warehouses/location.html", context, status=_status(refusal))


def _form(
    request: HttpRequest, by: Actor, title: str, cancel: str, values: dict[str, Any], refusal: Refused | None
) -> dict[str, Any]:
    known = dict.fromkeys((*WAREHOUSE_FIELDS, *LOCATION_FIELDS, KEEPER), "")
    return {
        "page": frame(request, by, title=title, active="warehouses"),
        "submit_url": request.path,
        "cancel_url": cancel,
        "key": new_key(),
        "refusal": refusal_of_form(refusal, known=known) if refusal else None,
        "errors": problems_of(refusal),
        "error_of": errors_of(refusal),
        "values": values,
    }


def _status(refusal: Refused | None) -> int:
    return refusal.status if refusal else 200


def _row(one: Warehouse) -> dict[str, Any]:
    return {
        "code": one.code,
        "name": name_of(one),
        "place": " ".join(filter(None, dict.fromkeys((one.province, one.city, one.district)))) or None,
        "is_default": one.is_default,
        "keeper": one.keeper.name if one.keeper else None,
        "url": reverse("warehouses.show", kwargs={"code": one.code}),
        "state": "active" if one.is_active else "inactive",
    }


def _facts(one: Warehouse) -> dict[str, Any]:
    return {
        "street": one.street or None,
        "contact": one.contact_name or None,
        "phone": one.phone or None,
        "operator": str(WAREHOUSE_OPERATORS[one.operator]),
        "priority": one.priority,
    }


def _location(one: Location, warehouse: Warehouse, may_edit: bool) -> dict[str, Any]:
    place = {"code": warehouse.code, "place": one.code}
    return {
        "name": location_name(one),
        "zone": one.zone or None,
        "bin": one.bin or None,
        "kind": str(LOCATION_KINDS[one.kind]),
        "walking_order": one.walking_order,
        "state": "active" if one.is_active else "inactive",
        "url": reverse("warehouses.edit_location", kwargs=place) if may_edit else None,
    }


routes = [
    path("warehouses/", warehouse_list, name="warehouses.list"),
    path("warehouses/new/", new, name="warehouses.new"),
    path("warehouses/<str:code>/", show, name="warehouses.show"),
    path("warehouses/<str:code>/edit/", edit, name="warehouses.edit"),
    path("warehouses/<str:code>/open/", set_open, name="warehouses.open"),
    path("warehouses/<str:code>/locations/new/", new_location, name="warehouses.new_location"),
    path("warehouses/<str:code>/locations/of/<str:place>/", edit_location, name="warehouses.edit_location"),
]
