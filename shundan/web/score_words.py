"""Words of supplier evaluation: what is measured, how, and what stands behind it."""

from django.utils.translation import gettext_lazy as _

from shundan.web.words import Word

UNIT_WORDS: dict[str, Word] = {"month": _("Months"), "quarter": _("Quarters")}
MEASURE_WORDS: dict[str, Word] = {
    "on_time": _("On time"),
    "quality": _("Quality"),
    "price": _("Price index"),
    "response": _("Response time"),
}
ABOUT: dict[str, Word] = {
    "on_time": _(
        "The share of the order lines that were due in the period whose whole quantity had come by the day promised, or"
        " else wished for. Points: the share."
    ),
    "quality": _(
        "The share of what came in the period, by its worth, that was neither rejected on arrival nor found faulty or"
        " sent back later. Points: the share."
    ),
    "price": _(
        "What the supplier charged over what the same products cost on average from all suppliers in the period; 100 is"
        " the market. Products that only one supplier sold are left out. Points: 80 at the market, 4 less for each"
        " percent above it, all at 5 % below."
    ),
    "response": _(
        "Hours from an order's mail or issue until the supplier said anything or delivered, and from an inquiry until"
        " the quotation; silence of more than a day counts, up to ten days. Points: all within a day, none after ten"
        " days."
    ),
}
BEHIND: dict[str, tuple[Word, ...]] = {
    "on_time": (_("Order"), _("Due on"), _("Wanted"), _("Had come by then"), _("Last receipt")),
    "quality": (_("Receipt"), _("Came on"), _("Came"), _("Of it faulty"), _("Worth")),
    "price": (_("Product"), _("Bought"), _("Price"), _("Market price"), _("Charged")),
    "response": (_("Document"), _("Asked"), _("Answered"), _("Hours")),
}
