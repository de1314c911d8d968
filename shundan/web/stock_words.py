"""Words of stock: how it moves, where it lies, in which state, and by what it is tracked."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from shundan.inventory.queries import ExpiredUnits
from shundan.ui.formatting import qty
from shundan.web.words import Word

# A message names so many lots.
_NAMED = 3

MOVE_KINDS: dict[str, Word] = {
    "receipt": _("Receipt"),
    "adjustment": _("Adjustment"),
    "issue": _("Issue"),
    "reversal": _("Reversal"),
    "transit": _("In transit"),
    "lost": _("Lost in transit"),
    "move": _("Put elsewhere"),
    "status": _("Status changed"),
    "scrap": _("Scrapped"),
    "taken_over": _("Became ours"),
    "handed_back": _("Given back to its owner"),
}

TRACKINGS: dict[str, Word] = {
    "none": _("Nothing"),
    "lot": _("Lot"),
    "serial": _("Serial number"),
}

LOCATION_KINDS: dict[str, Word] = {
    "shelf": _("Shelf"),
    "receiving": _("Receiving"),
    "quarantine": _("Quarantine"),
    "packing": _("Packing"),
    "scrap": _("Scrap"),
    "transit": _("In transit"),
}

STOCK_STATUSES: dict[str, Word] = {
    "usable": _("Usable"),
    "quarantine": _("Quarantine"),
    "blocked": _("Blocked"),
    "scrap": _("Scrap"),
}
WAREHOUSE_OPERATORS: dict[str, Word] = {
    "own": _("Our own people"),
    "third_party": _("A logistics company (3PL)"),
}
SOURCING_RULES: dict[str, tuple[Word, Word]] = {
    "single_parcel": (_("Few parcels"), _("The warehouse that has most of the lines in full comes first.")),
    "nearest": (_("Short way"), _("The same city, then the same province, then the same region of the country.")),
    "own_fleet": (_("Our own before third parties"), _("Warehouses that we run ourselves come first.")),
    "priority": (_("Priority of the warehouse"), _("Higher numbers come first.")),
    "split": (
        _("Several warehouses may ship one order"),
        _("Lines that the first warehouse lacks come from the next one that has them."),
    ),
    "divide": (
        _("Several warehouses may ship one line"),
        _("What no warehouse has in full is divided when the order is confirmed; amounts stay the same to the cent."),
    ),
    "direct": (
        _("Suppliers deliver what we lack"),
        _("What no warehouse has goes from its supplier straight to the customer; some goods always do."),
    ),
}
# What a scanner corrects.
CORRECTIONS: dict[str, Word] = {
    "scrap": _("No good any more: scrap it"),
    "missing": _("Missing: it is not there"),
    "found": _("Found: it is in no book"),
}
# What a customer takes at once.
DELIVERY_POLICIES: dict[str, Word] = {
    "any": _("In any parts"),
    "complete_line": _("Whole lines only"),
    "complete_order": _("The whole order only"),
}

ROUND_KINDS: dict[str, Word] = {"batch": _("Batch"), "wave": _("Wave")}


def expired_words(units: Sequence[ExpiredUnits]) -> str:
    """Return what had expired when it was booked, in sentences; nothing where nothing had."""
    said = [
        str(_("%(sku)s: lot %(lot)s expired on %(day)s; %(quantity)s lie blocked.") % _facts(one))
        for one in units[:_NAMED]
    ]
    more = len(units) - len(said)
    if more > 0:
        sentence = ngettext("%(count)s more lot has expired.", "%(count)s more lots have expired.", more)
        said.append(sentence % {"count": more})
    return " ".join(said)


def _facts(one: ExpiredUnits) -> dict[str, str]:
    day = one.expires_on.isoformat() if one.expires_on else "--"
    return {"sku": one.sku, "lot": one.lot, "day": day, "quantity": qty(one.quantity)}
