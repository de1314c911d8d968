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
    "ageing": (
        _("Age of stock"),
        _("How long goods have been lying: what has a lot by its lot, of the rest what came first has left first."),
        "clock",
    ),
    "turnover": (
        _("Turnover"),
        _("How often stock was turned over, and for how many days it lasts at the pace of the period."),
        "refresh",
    ),
    "outs": (_("Out of stock"), _("On how many days nothing was left of what is sold."), "alert-triangle"),
    "over": (
        _("Overstock"),
        _("What lasts for more than half a year at the pace of the last 90 days, and how much of it is too much."),
        "package",
    ),
    "dead": (_("Dead stock"), _("What has been there for half a year and left nobody since."), "player-pause"),
}
SUMMARIES: dict[str, tuple[Word, Word, str]] = {
    "suppliers": (
        _("Spend by supplier"),
        _(
            "Purchases by the day they were ordered, without tax, in company currency. The concentration adds up the"
            " squares of the shares in percent (Herfindahl index): 10,000 is one supplier alone, above 2,500 is high."
        ),
        "building",
    ),
    "categories": (
        _("Spend by category"),
        _("Purchases by the category of the product, without tax, in company currency."),
        "tags",
    ),
    "months": (_("Spend by month"), _("Purchases by the month in which they were ordered."), "chart-line"),
    "prices": (
        _("Purchase prices"),
        _("What products cost over the period, without tax: on average, at first and at last."),
        "cash",
    ),
    "trend": (_("Cost trend"), _("What one product cost on average, month by month, without tax."), "chart-line"),
    "dependence": (
        _("Dependence"),
        _("What comes from one supplier alone, and the share of the largest supplier of each product."),
        "alert-triangle",
    ),
    "accuracy": (
        _("Accuracy of counts"),
        _(
            "Which part of the counted positions agreed with the books, and which part of their worth, by warehouse and"
            " by the month in which the count was posted."
        ),
        "clipboard-check",
    ),
    "counts": (
        _("Accuracy by count"),
        _("The posted counts of the period, each with the positions that agreed with the books."),
        "clipboard-list",
    ),
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
    "sold": _("Sold in 90 days"),
    "excess": _("Too much"),
    "excess_value": _("Worth of what is too much"),
    "idle": _("Days without a sale"),
    "left_on": _("Last sold on"),
    "orders": _("Orders"),
    "products": _("Products"),
    "concentration": _("Concentration"),
    "ordered": _("Ordered amount"),
    "returned": _("Returned amount"),
    "sellers": _("Suppliers"),
    "lowest": _("Lowest price"),
    "highest": _("Highest price"),
    "first": _("First price"),
    "latest": _("Latest price"),
    "change": _("Change of price"),
    "largest": _("From the largest supplier"),
    "largest_share": _("Its share"),
    "single": _("Without an alternative"),
    "single_share": _("Share without an alternative"),
    "counts": _("Counts"),
    "positions": _("Positions"),
    "exact": _("Without a difference"),
    "accuracy": _("Accuracy"),
    "booked": _("Worth by the books"),
    "difference": _("Worth of the differences"),
    "worth_accuracy": _("Accuracy by worth"),
}
# Where a summary means something else than a stock report by the same name.
OF_SUMMARIES: dict[str, Word] = {
    "quantity": _("Bought quantity"),
    "average": _("Average price"),
    "share": _("Share"),
    "received": _("Received amount"),
}


def heading_of(name: str, *, of_summary: bool = False) -> str:
    """Return what a figure is called."""
    return str(OF_SUMMARIES[name] if of_summary and name in OF_SUMMARIES else FIGURES[name])
