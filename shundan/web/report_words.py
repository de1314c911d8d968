"""Words of reports: what each is called, what it answers, and its figures."""

from django.utils.translation import gettext_lazy as _

from shundan.web.words import Word

REPORTS: dict[str, tuple[Word, Word, str]] = {
    "stock": (
        _("Stock and its worth"),
        _("What is on hand at the end of any day, and what it is worth at the cost of that day."),
        "building-warehouse",
    ),
    "moves": (
        _("Stock movements"),
        _("What was there, what came, what went, and what is left over a period."),
        "transfer",
    ),
    "ageing": (_("Age of stock"), _("How long goods have been lying, by the oldest unit of each place."), "clock"),
    "turnover": (
        _("Turnover"),
        _("How often stock was turned over, and for how many days it lasts at the pace of the period."),
        "refresh",
    ),
    "outs": (_("Out of stock"), _("On how many days nothing was left of what is sold."), "alert-triangle"),
}
FIGURES: dict[str, Word] = {
    "quantity": _("On hand"),
    "cost": _("Unit cost"),
    "value": _("Worth"),
    "opening": _("Opening stock"),
    "received": _("Received"),
    "issued": _("Issued"),
    "corrected": _("Adjusted"),
    "other": _("Other movements"),
    "closing": _("Closing stock"),
    "to_30": _("0–30 days"),
    "to_60": _("31–60 days"),
    "to_90": _("61–90 days"),
    "to_180": _("91–180 days"),
    "to_365": _("181–365 days"),
    "older": _("Over a year"),
    "since": _("Oldest since"),
    "average": _("Average stock"),
    "turns": _("Turns a year"),
    "supply": _("Lasts for days"),
    "issued_value": _("Worth issued"),
    "average_value": _("Average worth"),
    "days_out": _("Days without stock"),
    "share": _("Share of the period"),
}
