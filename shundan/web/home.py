"""Work to do: what waits for this person by their rights, and the figures of today and this month."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shundan.accounts.scopes import may_with_kind
from shundan.billing.queries import receivable_sums
from shundan.fulfilment.queries import count_problems, open_problems
from shundan.kernel.actor import Actor
from shundan.orders.queries import Order, OrderFilter, SalesFigures, count_piles, list_orders, sales_figures
from shundan.purchasing.queries import waiting_answers
from shundan.ui.doors import SIGNED_IN, page
from shundan.ui.formatting import money
from shundan.web.alerts import alert_tiles
from shundan.web.frame import frame
from shundan.web.inspections import inspection_queues
from shundan.web.kinds import FACES, axis_of_goods, face_of
from shundan.web.orders import create_url, payment_value
from shundan.web.waybill_view import taker_name
from shundan.web.words import Word

FEW = 5
CAP = 999


@dataclass(frozen=True, slots=True)
class Work:
    """A pile of work: the view of a kind's list, what it is called, who has it, what is said when it is empty."""

    view: str
    label: Word
    icon: str
    permission: str
    empty: Word
    kind: str = "sale"

    @property
    def url(self) -> str:
        """Return the address of the list that holds it."""
        return f"{FACES[self.kind].url()}?view={self.view}"

    @property
    def key(self) -> str:
        """Return what tells it from the others."""
        return f"{self.kind}:{self.view}"

    def is_of(self, by: Actor) -> bool:
        """Tell whether this is the actor's work."""
        rights = ("order.read", self.permission)
        return all(
            may_with_kind(by, right, self.kind) if right.startswith("order.") else by.may(right) for right in rights
        )


WORK: tuple[Work, ...] = (
    Work(
        "to_approve",
        gettext_lazy("To approve"),
        "clipboard-check",
        "order.approve",
        gettext_lazy("No orders to approve"),
    ),
    Work(
        "to_confirm",
        gettext_lazy("To confirm"),
        "circle-check",
        "order.confirm",
        gettext_lazy("No orders to confirm"),
    ),
    Work(
        "to_ship", gettext_lazy("To ship"), "truck-delivery", "shipment.create", gettext_lazy("Everything is shipped")
    ),
    Work(
        "to_invoice",
        gettext_lazy("To invoice"),
        "file-invoice",
        "invoice.issue",
        gettext_lazy("Everything is invoiced"),
    ),
    Work("overdue", gettext_lazy("Overdue"), "clock", "payment.read", gettext_lazy("Nothing is overdue")),
    Work(
        "to_approve",
        gettext_lazy("Purchases to approve"),
        "clipboard-check",
        "order.approve",
        gettext_lazy("No purchases to approve"),
        "purchase",
    ),
    Work(
        "to_confirm",
        gettext_lazy("Purchases to issue"),
        "shopping-cart",
        "order.confirm",
        gettext_lazy("No purchases to issue"),
        "purchase",
    ),
    Work(
        "to_ship",
        gettext_lazy("Purchases to receive"),
        "package-import",
        "receipt.post",
        gettext_lazy("No purchased goods are awaited"),
        "purchase",
    ),
    Work(
        "to_ship",
        gettext_lazy("Returns awaited"),
        "truck-return",
        "receipt.post",
        gettext_lazy("No returned goods are awaited"),
        "return",
    ),
    Work(
        "to_ship",
        gettext_lazy("Transfers to ship"),
        "transfer",
        "shipment.create",
        gettext_lazy("No goods to move"),
        "transfer",
    ),
    Work(
        "between",
        gettext_lazy("Work between departments"),
        "tool",
        "order.work",
        gettext_lazy("No work to do or to confirm"),
        "transfer",
    ),
    Work(
        "to_invoice",
        gettext_lazy("Purchases to bill"),
        "receipt",
        "bill.register",
        gettext_lazy("No bill is awaited"),
        "purchase",
    ),
    Work("drafts", gettext_lazy("Drafts"), "file-text", "order.create", gettext_lazy("No drafts")),
    Work("drafts", gettext_lazy("Purchase drafts"), "file-text", "order.create", gettext_lazy("No drafts"), "purchase"),
    Work("on_hold", gettext_lazy("On hold"), "player-pause", "order.hold", gettext_lazy("No orders on hold")),
)
QUEUES = 4


@page(SIGNED_IN)
def home(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show what waits for this person."""
    work = [one for one in WORK if one.is_of(by)]
    piles = {one.key: OrderFilter(view=one.view, kinds=(one.kind,)) for one in work}
    counts = count_piles(piles, by=by, cap=CAP)
    sees_sales = any(may_with_kind(by, right, "sale") for right in ("order.create", "order.approve", "invoice.issue"))
    figures = sales_figures(by=by) if may_with_kind(by, "order.read", "sale") and sees_sales else None
    # Whoever may send goods off, or owns the orders, deals with what goes wrong on the way.
    troubles = count_problems(by=by, cap=CAP) if by.may("shipment.ship") or by.scope_of("shipment.read") == "own" else 0
    new_url, new_label = _create(by)
    context = {
        "page": frame(request, by, title=_("My work"), active="home", create_url=new_url),
        "create_label": new_label,
        "today": by.today,
        "greeting": _greeting(by),
        "tiles": [
            *_work_tiles(work, counts),
            *_problem_tiles(troubles),
            *alert_tiles(by),
            *_money_tiles(by),
            *_figure_tiles(figures, by),
        ],
        "queues": [
            *_problem_queues(troubles, by),
            *_answer_queues(by),
            *inspection_queues(by, few=FEW),
            *(_queue(one, counts[one.key], by) for one in _busiest(work, counts)),
        ][:QUEUES],
        "chart": _chart(figures) if figures else None,
    }
    return render(request, "home.html", context)


def _busiest(work: list[Work], counts: dict[str, int]) -> list[Work]:
    """Return the queues to show in full: those with work first, in the order of the work."""
    return sorted(work, key=lambda one: counts[one.key] == 0)[:QUEUES]


def _greeting(by: Actor) -> str:
    hour = timezone.localtime(by.at).hour
    if hour < 12:
        return _("Good morning, %(name)s") % {"name": by.name}
    if hour < 18:
        return _("Good afternoon, %(name)s") % {"name": by.name}
    return _("Good evening, %(name)s") % {"name": by.name}


def _work_tiles(work: list[Work], counts: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "label": str(one.label),
            "value": _count(counts[one.key]),
            "note": None,
            "url": one.url,
            "icon": one.icon,
            "alert": one.view == "overdue" and counts[one.key] > 0,
            "series": None,
        }
        for one in work
    ]


def _problem_tiles(count: int) -> list[dict[str, Any]]:
    if not count:
        return []
    url = f"{reverse('logistics.list')}?view=problems"
    label = _("Delivery problems")
    return [
        {
            "label": label,
            "value": _count(count),
            "note": None,
            "url": url,
            "icon": "alert-triangle",
            "alert": True,
            "series": None,
        }
    ]


def _problem_queues(count: int, by: Actor) -> list[dict[str, Any]]:
    """Return the queue of deliveries that went wrong, for those who have some; it comes first."""
    if not count:
        return []
    items = [
        {
            "number": one.waybill.order_key,
            "url": reverse("logistics.show", kwargs={"number": one.waybill.order_key}),
            "what": one.waybill.shipment.order.party_name,
            "why": one.note or " ".join((taker_name(one.waybill.account), one.waybill.tracking_number)),
            "axis": "problem",
            "value": one.kind,
            "amount": "",
            "at": None,
        }
        for one in open_problems(by=by, limit=FEW)
    ]
    return [
        {
            "title": _("Delivery problems"),
            "icon": "alert-triangle",
            "url": f"{reverse('logistics.list')}?view=problems",
            "total": _count(count),
            "empty": "",
            "items": items,
        }
    ]


def _answer_queues(by: Actor) -> list[dict[str, Any]]:
    """Return what suppliers answered otherwise and a buyer has to decide, while there is any."""
    waiting = waiting_answers(by=by, limit=CAP) if by.may("purchase_request.source") else []
    if not waiting:
        return []
    items = [
        {
            "number": one.order.number,
            "url": reverse("supply.show", kwargs={"number": one.order.number}),
            "what": one.order.party_name,
            "why": one.remark,
            "axis": "supplier_answer",
            "value": one.state,
            "amount": "",
            "at": one.answered_at,
        }
        for one in waiting[:FEW]
    ]
    return [
        {
            "title": _("Supplier answers to decide"),
            "icon": "message",
            "url": items[0]["url"],
            "total": _count(len(waiting)),
            "empty": "",
            "items": items,
        }
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


def _queue(work: Work, count: int, by: Actor) -> dict[str, Any]:
    wanted = OrderFilter(view=work.view, kinds=(work.kind,))
    found = list_orders(by=by, wanted=wanted, limit=FEW).items if count else []
    return {
        "title": str(work.label),
        "icon": work.icon,
        "url": work.url,
        "total": _count(count) if count else 0,
        "empty": str(work.empty),
        "items": [_item(order, work.view, by) for order in found],
    }


def _item(order: Order, view: str, by: Actor) -> dict[str, Any]:
    axis, value = {
        "to_ship": (axis_of_goods(order), order.fulfilment),
        "to_invoice": (face_of(order).invoicing, order.invoicing),
        "overdue": ("payment", payment_value(order, by)),
    }.get(view, ("lifecycle", order.category))
    who = order.owner.name if order.owner else ""
    why = _("due %(day)s") % {"day": order.due_on.isoformat()} if view == "overdue" and order.due_on else ""
    return {
        "number": order.number,
        "url": reverse("orders.show", kwargs={"number": order.number}),
        "what": order.party_name,
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


def _create(by: Actor) -> tuple[str | None, str]:
    """Return where the first kind that the actor may enter is entered, and what the button says."""
    found = ((url, str(face.new)) for face in FACES.values() if (url := create_url(face, by)))
    return next(found, (None, ""))


def _count(count: int) -> str:
    return f"{CAP}+" if count > CAP else f"{count:,}"
