"""What taxes, their kinds and rules, and sources of rates are called."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shundan.web.words import Word

# The kinds of a tax; the last three are worth nothing for different reasons.
TAX_KIND_WORDS: dict[str, Word] = {
    "taxable": _("Taxable"),
    "zero": _("Zero rate"),
    "exempt": _("Exempt"),
    "not_taxable": _("Not taxable"),
}
TAX_STATUS_WORDS: dict[str, Word] = {
    "normal": pgettext_lazy("tax status", "As everybody"),
    "export": pgettext_lazy("tax status", "Exporter"),
    "exempt": _("Exempt"),
    "not_taxable": _("Not taxable"),
}
TRADE_WORDS: dict[str, Word] = {"sale": _("Sales"), "purchase": _("Purchases")}
RATE_SOURCE_WORDS: dict[str, Word] = {"manual": _("By hand"), "file": _("File"), "service": _("Rate service")}
