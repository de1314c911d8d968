"""Work to do: what waits for this person by their rights, and the figures of today and this month."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shundan.billing.queries import receivable_sums
from shundan.kernel.actor import Actor
from shundan.orders.queries import Order, OrderFilter, SalesFigures, count_views, list_orders, sales_figures
from shundan.ui.doors import SIGNED_IN, page
from shundan.ui.formatting import money
from shundan.web.frame import frame
from shundan.web.orders import payment_value
from shundan.web.words import Word

FEW = 5
CAP = 999
# (view, what it is called, icon, who has this work, what an empty queue says)
WORK: tuple[tuple[str, Word, str, str, Word], ...] = (
    (
        "to_approve",
        gettext_lazy("To approve"),
        "clipboard-check",
        "order.approve",
        gettext_lazy("No orders to approve"),
    ),
    (
        "to_confirm",
        gettext_lazy("To confirm"),
        "circle-check",
        "order.confirm",
        gettext_lazy("No orders to confirm"),
    ),
    ("to_ship", gettext_lazy("To ship"), "truck-delivery", "shipment.create", gettext_lazy("Everything is shipped")),
    ("to_invoice", gettext_lazy("To invoice"), "file-invoice", "invoice.issue", gettext_lazy("Everything is invoiced")),
    ("overdue", gettext_lazy("Overdue"), "clock", "payment.read", gettext_lazy("Nothing is overdue")),
    ("drafts", gettext_lazy("Drafts"), "file-text", "order.create", gettext_lazy("No drafts")),
    ("on_hold", gettext_lazy("On hold"), "player-pause", "order.hold", gettext_lazy("No orders on hold")),
)
QUEUES = 4


@page(SIGNED_IN)
def home(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show what waits for this person."""
    work = [one for one in WORK if by.may("order.read") and by.may(one[3])]
    counts = count_views(by=by, views=[one[0] for one in work], cap=CAP)
    sees_sales = by.may("order.create") or by.may("order.approve") or by.may("invoice.issue")
    figures = sales_figures(by=by) if by.may("order.read") and sees_sales else None
    context = {
        "page": frame(request, by, title=_("My work"), active="home", create_url=_create_url(by)),
        "today": by.today,
        "greeting": _greeting(by),
        "tiles": [*_work_tiles(work, counts), *_money_tiles(by), *_figure_tiles(figures, by)],
        "queues": [_queue(one, counts[one[0]], by) for one in _busiest(work, counts)],
        "chart": _chart(figures) if figures else None,
    }
    return render(request, "home.html", context)


def _busiest(work: list[Any], counts: dict[str, int]) -> list[Any]:
    """Return the queues to show in full: those with work first, in the order of the work."""
    return sorted(work, key=lambda one: counts[one[0]] == 0)[:QUEUES]


def _greeting(by: Actor) -> str:
    hour = timezone.localtime(by.at).hour
    if hour < 12:
        return _("Good morning, %(name)s") % {"name": by.name}
    if hour < 18:
        return _("Good afternoon, %(name)s") % {"name": by.name}
    return _("Good evening, %(name)s") % {"name": by.name}


def _work_tiles(work: list[Any], counts: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "label": str(label),
            "value": _count(counts[view]),
            "note": None,
            "url": f"{reverse('orders.list')}?view={view}",
            "icon": icon,
            "alert": view == "overdue" and counts[view] > 0,
            "series": None,
        }
        for view, label, icon, _permission, _empty in work
    ]


def _figure_tiles(figures: SalesFigures | None, by: Actor) -> list[dict[str, Any]]:
    tiles: list[dict[str, Any]] = []
    orders = reverse("orders.list")
    if figures is not None:
        tiles = [
            {
                "label": _("Sales today"),
                "value": money(figures.today_worth),
                "note": _orders(figures.today_count),
                "url": f"{orders}?view=today",
                "icon": "chart-bar",
                "series": [worth for _on, worth in figures.days[-14:]],
            },
            {
                "label": _("Sales this month"),
                "value": money(figures.month_worth),
                "note": _orders(figures.month_count),
                "url": f"{orders}?since={by.today.replace(day=1).isoformat()}",
                "icon": "chart-bar",
                "series": [worth for _on, worth in figures.days],
            },
        ]
    return tiles


def _orders(count: int) -> str:
    return ngettext("%(num)s order", "%(num)s orders", count) % {"num": f"{count:,}"}


def _money_tiles(by: Actor) -> list[dict[str, Any]]:
    tiles: list[dict[str, Any]] = []
    if by.may("payment.register"):
        invoices = reverse("invoices.list")
        for currency, (open_sum, late) in receivable_sums(by=by).items():
            note = _("%(sum)s overdue") % {"sum": money(late, currency)}
            label = _("Receivable %(currency)s") % {"currency": currency}
            url = f"{invoices}?view=open"
            value = money(open_sum, currency)
            tiles.append({"label": label, "value": value, "note": note, "url": url, "icon": "wallet", "series": None})
    return tiles


def _queue(work: Any, count: int, by: Actor) -> dict[str, Any]:
    view, label, icon, _permission, empty = work
    found = list_orders(by=by, wanted=OrderFilter(view=view), limit=FEW).items if count else []
    return {
        "title": str(label),
        "icon": icon,
        "url": f"{reverse('orders.list')}?view={view}",
        "total": _count(count) if count else 0,
        "empty": str(empty),
        "items": [_item(order, view, by) for order in found],
    }


def _item(order: Order, view: str, by: Actor) -> dict[str, Any]:
    axis, value = {
        "to_ship": ("fulfilment", order.fulfilment),
        "to_invoice": ("invoicing", order.invoicing),
        "overdue": ("payment", payment_value(order, by)),
    }.get(view, ("lifecycle", order.category))
    who = order.owner.name if order.owner else ""
    why = _("due %(day)s") % {"day": order.due_on.isoformat()} if view == "overdue" and order.due_on else ""
    return {
        "number": order.number,
        "url": reverse("orders.show", kwargs={"number": order.number}),
        "what": order.customer.name,
        "why": " · ".join(part for part in (why, who, order.ordered_on.isoformat()) if part),
        "axis": axis,
        "value": value,
        "amount": money(order.total, order.currency),
        "at": None,
    }


def _chart(figures: SalesFigures) -> dict[str, Any]:
    return {
        "title": _("Sales of the last 30 days"),
        "note": _("by order date, with tax"),
        "url": reverse("orders.list"),
        "days": [{"on": on, "amount": worth} for on, worth in figures.days],
        "currency": "CNY",
    }


def _create_url(by: Actor) -> str | None:
    return reverse("orders.new") if by.may("order.create") else None


def _count(count: int) -> str:
    return f"{CAP}+" if count > CAP else f"{count:,}"
