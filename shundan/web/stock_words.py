"""Words of stock: how it moves, where it lies, in which state, and by what it is tracked."""

from django.utils.translation import gettext_lazy as _

from shundan.web.words import Word

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
