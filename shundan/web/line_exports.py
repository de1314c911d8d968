"""Files of the lines of listed orders: each line with its order, its quantities and its attributes in own columns."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from shundan.catalog.queries import tax_in_words
from shundan.kernel.actor import Actor
from shundan.kernel.money import ZERO
from shundan.orders.actions import note_orders_exported
from shundan.orders.queries import Attribute, OrderLine, exported_lines
from shundan.ui.doors import page
from shundan.web.attribute_lists import Texts, exported_attributes
from shundan.web.exports import Cell, States, csv_file, file_form, filters_said, wanted_of, xlsx_file
from shundan.web.kinds import Face, require_kind
from shundan.web.lists import state_of
from shundan.web.order_filters import filter_of
from shundan.web.words import is_english


@page("order.export", methods=("GET", "POST"))
def export_lines(request: HttpRequest, *, by: Actor, kind: str = "sale") -> HttpResponseBase:
    """Give out the lines of the orders of the list's filter, or of the ticked ones, as a file."""
    face = require_kind(by, "order.export", kind)
    form = file_form(state_of(request))
    state, numbers = wanted_of(request, face, by)
    note_orders_exported(form=f"{form} lines", filters=filters_said(face, state), by=by)
    lines = exported_lines(by=by, wanted=filter_of(state, face), numbers=numbers)
    # The words are chosen here, while the reader's language is active; the rows flow later.
    words = _Words(face, exported_attributes(face, state, by, place="line"))
    rows = (words.row(line) for line in lines)
    name = f"{face.place}-lines-{by.today.isoformat()}"
    return csv_file(name, words.head, rows) if form == "csv" else xlsx_file(name, words.head, rows)


class _Words:
    """The heading in the reader's language, and the cells under it."""

    def __init__(self, face: Face, attributes: Sequence[Attribute]) -> None:
        self._attributes, self._is_english = attributes, is_english()
        self._texts, self._states = Texts(attributes), States(face)
        self._untaxed = {kind: tax_in_words(kind, ZERO) for kind in ("exempt", "not_taxable")}
        self.head = [
            _("Number"),
            _("Line"),
            str(face.number_of_party),
            str(face.party),
            _("Type"),
            _("Ordered on"),
            _("Status"),
            _("Owner"),
            "SKU",
            _("Product"),
            _("Quantity"),
            _("Unit"),
            _("Unit price"),
            _("Ordered quantity"),
            _("Ordered in"),
            _("Agreed price"),
            _("Discount"),
            _("Tax rate"),
            _("Net"),
            _("Tax"),
            _("Total"),
            _("Currency"),
            _("Reserved"),
            _("Shipped"),
            _("Returned"),
            _("Invoiced"),
            _("Cancelled"),
            _("Requested on"),
            _("Warehouse"),
            _("Lot"),
            _("Remark"),
            *(one.name_en if self._is_english and one.name_en else one.name_zh for one in attributes),
        ]

    def row(self, line: OrderLine) -> list[Cell]:
        """Return the cells of one line: quantities in the own unit, beside what was ordered in another one."""
        order = line.order
        return [
            order.number,
            line.position,
            order.party.number if order.party else "",
            order.party_name,
            self._name(order.type),
            order.ordered_on,
            self._states.of(order),
            order.owner.name if order.owner else "",
            line.sku,
            (line.name_en if self._is_english else "") or line.name_zh,
            line.quantity,
            line.unit,
            line.unit_price,
            *((line.ordered_quantity, line.order_unit, line.agreed.amount) if line.order_unit else ("", "", "")),
            line.discount,
            self._untaxed.get(line.tax_kind, line.tax_rate),
            line.net,
            line.tax,
            line.gross,
            order.currency,
            line.reserved,
            line.shipped,
            line.returned,
            line.invoiced,
            line.cancelled,
            line.requested_on,
            self._name(line.warehouse) if line.warehouse else "",
            line.lot_code,
            line.remark,
            *(self._texts.cell(one, line.attributes.get(one.code)) for one in self._attributes),
        ]

    def _name(self, thing: object) -> str:
        # Rows flow after the reader's language is gone.
        return str(getattr(thing, "name_en", "") if self._is_english else "") or str(getattr(thing, "name_zh", ""))
