"""What the facts of purchasing are called on screen."""

from django.utils.translation import gettext_lazy as _

from shundan.web.words import Word

# What asked for goods to be bought.
PURCHASE_SOURCES: dict[str, Word] = {
    "person": _("A person"),
    "reorder": _("Reorder point"),
    "backorder": _("Backorders"),
    "forecast": _("Forecast"),
}
