"""Words of receiving: what is examined, what was found, what bringing goods here cost, and what is told of it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Word = str | Promise

EXAMINED: dict[str, Word] = {
    "none": _("No inspection"),
    "sample": _("A sample is inspected"),
    "all": _("Everything is inspected"),
}
CHARGES: dict[str, Word] = {
    "freight": _("Freight"),
    "duty": _("Customs duty"),
    "insurance": _("Insurance"),
    "handling": _("Handling"),
    "other": pgettext_lazy("charge", "Other"),
}
SPREADS: dict[str, Word] = {
    "value": _("By value"),
    "quantity": _("By quantity"),
    "weight": _("By weight"),
}

# What happened, in the manner of the other events.
RECEIVING_EVENTS: dict[str, tuple[str, str, Word]] = {
    "receiving_rule.saved": ("clipboard-check", "quiet", _("set the receiving rule")),
    "receiving_rule.dropped": ("trash", "quiet", _("deleted the receiving rule")),
    "inspection.opened": ("file-search", "info", _("asked for inspection %(number)s of %(receipt)s")),
    "inspection.concession_asked": ("send", "warn", _("asked to take %(conceded)s units despite their faults")),
    "inspection.concession_refused": ("x", "bad", _("refused the concession")),
    "inspection.decided": (
        "clipboard-check",
        "good",
        _("decided %(number)s: %(accepted)s accepted, %(conceded)s conceded, %(rejected)s rejected"),
    ),
    "inspection.reopened": ("arrow-back-up", "warn", _("took the decision of %(number)s back")),
    "inspection.voided": ("x", "quiet", _("inspection %(number)s ended with its receipt")),
    "inspection.returned": ("truck-return", "accent", _("sends what was rejected back with %(return_order)s")),
    "landed_cost.posted": ("coin", "accent", _("spread landed cost %(number)s of %(total)s")),
    "landed_cost.reversed": ("arrow-back-up", "warn", _("took landed cost %(number)s back")),
}
