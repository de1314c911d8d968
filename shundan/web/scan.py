"""The scanner's start: whatever is scanned leads to its page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from shundan.fulfilment.actions import start_picking
from shundan.fulfilment.queries import ScannedPaper, list_shipments, paper_of_scan
from shundan.inventory.queries import count_exists, goods_of_scan, list_warehouses
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.ui.doors import page
from shundan.web.forms import Given, do_once, go
from shundan.web.scanning import refused_scan, scanned_code, show_scanner
from shundan.web.words import name_of

MOST_LISTS = 30


@page("stock.read", methods=("GET", "POST"))
def start(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Go to what a code names: picking for a shipment or an order, else the page of the paper or product."""
    if request.method == "GET":
        return _start_page(request, by)
    try:
        url = do_once(request, by=by, work=lambda: place_of_scan(scanned_code(Given(request.POST)), by=by))
    except Refused as refusal:
        return _start_page(request, by, answer=refused_scan(refusal), status=refusal.status)
    return go(request, url)


def place_of_scan(code: str, *, by: Actor) -> str:
    """Return the address of what a code names; an order's pick list is made if there is none.

    Raises: UnknownCode, UnreadableCode and as start_picking.
    """
    paper = paper_of_scan(code, by=by)
    if paper is not None:
        return place_of_paper(paper, by=by)
    if count_exists(code.strip().upper(), by=by):
        return reverse("counts.show", kwargs={"number": code.strip().upper()})
    goods = goods_of_scan(code, by=by)
    product = next(iter([*goods.products, *(lot.product for lot in goods.lots)]), None)
    if product is not None:
        return reverse("stock.show", kwargs={"sku": product.sku})
    return reverse("warehouses.show", kwargs={"code": goods.locations[0].warehouse.code})


def place_of_paper(paper: ScannedPaper, *, by: Actor) -> str:
    """Return where work on a paper goes on. Raises: as start_picking."""
    if paper.kind == "receipt":
        return reverse("receipts.show", kwargs={"number": paper.number})
    if paper.kind == "round":
        return reverse("rounds.show", kwargs={"number": paper.number})
    if not by.may("shipment.create"):
        return reverse("shipments.show" if paper.kind == "shipment" else "orders.show", kwargs={"number": paper.number})
    shipment = start_picking(paper.number, by=by)
    is_open = shipment.state == "picking"
    return reverse("shipments.pick" if is_open else "shipments.show", kwargs={"number": shipment.number})


def _start_page(request: HttpRequest, by: Actor, **more: Any) -> HttpResponse:
    open_lists = list_shipments(by=by, state="picking", limit=MOST_LISTS).items if by.may("shipment.create") else []
    lists = [
        {
            "number": one.number,
            "url": reverse("shipments.pick", kwargs={"number": one.number}),
            "customer": one.order.party_name,
            "warehouse": name_of(one.warehouse),
            "quantity": one.units,
        }
        for one in open_lists
    ]
    return show_scanner(request, by, "scan/start.html", title=_("Scan"), lists=lists, places=_places(by), **more)


def _places(by: Actor) -> list[dict[str, str]]:
    """Return where else the work of a scanner begins: rounds, counts, putting away in each warehouse."""
    found = []
    if by.may("shipment.create"):
        found.append({"label": _("Picking rounds"), "url": reverse("rounds.list"), "icon": "clipboard-list"})
    if by.may("stock.adjust"):
        found.append({"label": _("Stock counts"), "url": reverse("counts.list"), "icon": "clipboard-check"})
        for one in list_warehouses(by=by):
            label = _("Put away: %(warehouse)s") % {"warehouse": name_of(one)}
            url = reverse("put_away.show", kwargs={"code": one.code})
            found.append({"label": label, "url": url, "icon": "package-import"})
            label = _("Correct stock: %(warehouse)s") % {"warehouse": name_of(one)}
            url = reverse("corrections.show", kwargs={"code": one.code})
            found.append({"label": label, "url": url, "icon": "adjustments"})
    return found
