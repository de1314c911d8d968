"""The columns of a list of orders: which there are, how they are called, and the choice that each person keeps."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from shundan.inventory.queries import list_warehouses
from shundan.kernel.actor import Actor
from shundan.orders.actions import choose_columns
from shundan.orders.queries import (
    LIST_COLUMNS,
    STANDARD_COLUMNS,
    Attribute,
    Order,
    OrderType,
    attribute_catalogue,
    chosen_columns,
    column_attributes,
    named,
)
from shundan.ui.doors import page
from shundan.ui.formatting import money
from shundan.web.attribute_view import NUMERIC, text_of
from shundan.web.kinds import Face, require_kind
from shundan.web.words import Word, name_of

# The template draws these itself, with badges, links and sorting heads.
DRAWN = ("party", "amount", "ordered_on", "status", "fulfilment", "invoicing", "payment")
AMOUNTS = ("net", "tax", "paid")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list: its code, its head, and the attribute that it shows, if it shows one."""

    code: str
    label: Word
    attribute: Attribute | None = None

    @property
    def is_number(self) -> bool:
        """Tell whether its cells stand at the right."""
        return self.code in AMOUNTS or (self.attribute is not None and self.attribute.data_type in NUMERIC)

    @property
    def is_drawn(self) -> bool:
        """Tell whether the template draws its cells itself."""
        return self.code in DRAWN


def columns_of(face: Face, view: str, by: Actor) -> tuple[list[Column], bool]:
    """Return the columns of a view as this person wishes them, and whether they chose them themselves."""
    chosen = chosen_columns(kind=face.kind, view=view, by=by)
    return columns_named(face, chosen or STANDARD_COLUMNS), bool(chosen)


def columns_named(face: Face, codes: tuple[str, ...]) -> list[Column]:
    """Return the columns with these codes; what this kind does not have, or nobody knows any more, is left out."""
    words, attributes = labels(face), column_attributes(codes)
    found = [(code, words.get(code), attributes.get(code)) for code in codes]
    return [
        Column(code, label if label is not None else named(attribute), attribute)  # type: ignore[arg-type]
        for code, label, attribute in found
        if label is not None or attribute is not None
    ]


def labels(face: Face) -> Mapping[str, Word]:
    """Return the names of the columns that every order of a kind has."""
    known: dict[str, Word] = {
        "party": face.party,
        "customer_reference": _("Customer PO"),
        "type": _("Type"),
        "amount": _("Amount"),
        "net": _("Net"),
        "tax": _("Tax"),
        "paid": _("Paid"),
        "currency": _("Currency"),
        "ordered_on": _("Ordered on"),
        "requested_on": _("Requested on"),
        "due_on": _("Due on"),
        "status": _("Status"),
        "fulfilment": face.fulfilment_label,
        "invoicing": face.invoicing_label if face.invoicing else "",
        "payment": face.payment_label if face.payment else "",
        "warehouse": _("Warehouse"),
        "owner": _("Owner"),
    }
    return {code: known[code] for code in LIST_COLUMNS if known[code]}


class Cells:
    """The cells that the template does not draw itself; warehouses are asked for once, if a column shows them."""

    def __init__(self, shown: list[Column], by: Actor) -> None:
        self._shown = shown
        is_wanted = any(one.code == "warehouse" for one in shown)
        self._warehouses = {one.pk: name_of(one) for one in list_warehouses(by=by)} if is_wanted else {}

    def of(self, order: Order) -> list[tuple[Column, str]]:
        """Return each column with its text for an order, empty for what the template draws."""
        return [(one, self._cell(one, order)) for one in self._shown]

    def _cell(self, column: Column, order: Order) -> str:
        if column.attribute is not None:
            return text_of(column.attribute, order.attributes.get(column.attribute.code), order.currency)
        if column.code in AMOUNTS:
            return money(getattr(order, column.code), order.currency)
        match column.code:
            case "customer_reference" | "currency":
                return str(getattr(order, column.code))
            case "type":
                return name_of(order.type)
            case "requested_on" | "due_on":
                day = getattr(order, column.code)
                return day.isoformat() if day else ""
            case "warehouse":
                return self._warehouses.get(order.warehouse_id or 0, "")
            case "owner":
                return order.owner.name if order.owner else ""
        return ""


def column_choices(
    face: Face, view: str, shown: list[Column], types: list[OrderType], query: str, *, is_own: bool
) -> dict[str, Any]:
    """Return the chooser of a list's columns: those that are shown first, in their order, then what else there is."""
    mine = {one.code for one in types}
    known = [one for one in attribute_catalogue(types=types).values() if not mine.isdisjoint(one.type_codes)]
    words: dict[str, Word] = dict(labels(face))
    words |= {f"attribute.{one.attribute.code}": named(one) for one in known if one.attribute.place == "header"}
    active = [one.code for one in shown]
    order = [*active, *(code for code in words if code not in active)]
    return {
        "url": face.url("columns"),
        "view": view,
        "query": query,
        "is_own": is_own,
        "items": [{"code": code, "label": words[code], "active": code in active} for code in order if code in words],
    }


@page("order.read", methods=("POST",))
def choose(request: HttpRequest, *, by: Actor, kind: str = "sale") -> HttpResponse:
    """Keep the chosen columns of a view and show the list again as it was filtered; the standard ones when reset."""
    face = require_kind(by, "order.read", kind)
    columns = [] if request.POST.get("reset") else request.POST.getlist("columns")
    choose_columns(columns, kind=kind, view=request.POST.get("view", ""), by=by)
    query = QueryDict(request.POST.get("query", "")[:4000]).urlencode()
    return HttpResponseRedirect(f"{reverse(f'{face.place}.list')}?{query}", status=303)
