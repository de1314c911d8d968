"""What was asked to be bought, and how much of it is ordered."""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, require
from shundan.kernel.listing import Page, page_of
from shundan.kernel.money import ZERO
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries import may_do
from shundan.orders.scopes import visible_orders
from shundan.purchasing.models import PurchaseRequest, PurchaseRequestLine, RequestSupply
from shundan.purchasing.scopes import visible_purchase_requests

PURCHASE_VIEWS = ("all", "pending", "to_order", "ordered", "ended")


def list_purchase_requests(
    *, by: Actor, view: str = "all", search: str = "", cursor: str | None = None, limit: int = 50, counted: bool = False
) -> Page[PurchaseRequest]:
    """Return one page of purchase requests; views: all, pending, to_order, ordered, ended. Raises: NotPermitted."""
    require(by, "purchase_request.read")
    rows = _whole(visible_purchase_requests(by))
    is_open = Exists(_lines().filter(request_id=OuterRef("pk"), quantity__gt=F("ordered")))
    if view == "pending":
        rows = rows.filter(state="pending")
    elif view in ("to_order", "ordered"):
        rows = rows.filter(is_open if view == "to_order" else ~is_open, state="approved")
    elif view == "ended":
        rows = rows.filter(state__in=("rejected", "withdrawn", "closed"))
    wanted = search.strip().replace("\x00", "")[:80]
    if wanted:
        named = Q(product__sku__iexact=wanted) | Q(product__name_zh__icontains=wanted)
        named |= Q(product__name_en__icontains=wanted)
        has_line = Exists(PurchaseRequestLine.objects.filter(named, request_id=OuterRef("pk")))
        rows = rows.filter(Q(number__iexact=wanted) | Q(requested_by_name__icontains=wanted) | has_line)
    return page_of(rows, cursor=cursor, limit=limit, counted=counted)


def get_purchase_request(number: str, *, by: Actor, permission: str = "purchase_request.read") -> PurchaseRequest:
    """Return a purchase request with its lines, each with what is `ordered` of it. Raises: NotPermitted, NotFound."""
    require(by, permission)
    rows = _whole(visible_purchase_requests(by, permission))
    found = rows.filter(number=number.replace("\x00", "")).first()
    if found is None:
        raise NotFound(what="purchase request", key=number[:100])
    return found


def purchase_request_number_of(subject: tuple[str, int], *, by: Actor) -> str | None:
    """Return the number of a visible request by its subject, or None for what is none or may not be seen."""
    if subject[0] != "purchase_request" or not by.may("purchase_request.read"):
        return None
    return visible_purchase_requests(by).filter(pk=subject[1]).values_list("number", flat=True).first()


def progress_of_request(one: PurchaseRequest) -> str:
    """Return where a fetched request stands: its state, and of an approved one to_order, part or ordered."""
    if one.state != "approved":
        return one.state
    lines = list(one.lines.all())
    if all(ordered_of(line) >= line.quantity for line in lines):
        return "ordered"
    return "part" if any(ordered_of(line) > 0 for line in lines) else "to_order"


def ordered_of(line: PurchaseRequestLine) -> Decimal:
    """Return what of a fetched line is ordered."""
    ordered: Decimal = line.__dict__["ordered"]
    return ordered


def open_request_lines(*, by: Actor, limit: int = 500) -> list[PurchaseRequestLine]:
    """Return what is approved and not ordered yet, the most urgent first. Raises: NotPermitted."""
    require(by, "purchase_request.source")
    mine = visible_purchase_requests(by, "purchase_request.source").filter(state="approved")
    rows = _lines().filter(request__in=mine, quantity__gt=F("ordered")).select_related("request__warehouse")
    return list(rows.order_by(F("request__needed_on").asc(nulls_last=True), "request_id", "position")[:limit])


def lock_lines_unscoped(line_ids: Iterable[int]) -> dict[int, PurchaseRequestLine]:
    """Lock requests and return their lines by id, each with what is `ordered` of it: the later of two waits."""
    wanted = sorted(set(line_ids))
    requests = PurchaseRequestLine.objects.filter(pk__in=wanted).values("request_id")
    list(PurchaseRequest.objects.select_for_update(no_key=True).filter(pk__in=requests).order_by("pk"))
    rows = _lines().filter(pk__in=wanted).select_related("request__warehouse", "product__unit", "supplier")
    return {line.pk: line for line in rows}


def orders_of_request(one: PurchaseRequest, *, by: Actor) -> list[tuple[Order, Decimal]]:
    """Return the visible orders that buy for a request with how much, oldest first."""
    if not by.may("order.read"):
        return []
    rows = RequestSupply.objects.filter(line__request_id=one.pk).values_list("order_id").annotate(Sum("quantity"))
    bought = dict(rows)
    found = visible_orders(by).filter(pk__in=bought).select_related("type", "supplier", "customer").order_by("id")
    return [(order, bought[order.pk]) for order in found]


def requests_of_order(order: Order, *, by: Actor) -> list[PurchaseRequest]:
    """Return the visible requests that an order buys for, oldest first."""
    if not (by.may("purchase_request.read") and may_do("order.read", order, by=by)):
        return []
    asked = RequestSupply.objects.filter(order_id=order.pk).values("line__request_id")
    return list(visible_purchase_requests(by).filter(pk__in=asked).order_by("id"))


def last_prices_unscoped(product_ids: Iterable[int]) -> dict[int, Decimal]:
    """Return what one unit of each product cost when it was last bought, in company currency, with its tax."""
    rows = OrderLine.objects.filter(
        product_id__in=sorted(set(product_ids)),
        order__kind="purchase",
        order__category__in=("confirmed", "in_progress", "completed"),
        quantity__gt=0,
    )
    latest = rows.order_by("product_id", "-order_id").distinct("product_id")
    found = latest.values_list("product_id", "gross", "quantity", "order__exchange_rate")
    return {
        product: (gross * rate / quantity).quantize(Decimal("0.000001")) for product, gross, quantity, rate in found
    }


def _lines() -> QuerySet[PurchaseRequestLine]:
    supplies = RequestSupply.objects.filter(line_id=OuterRef("pk")).exclude(order__category="cancelled")
    ordered = supplies.order_by().values("line_id").annotate(sum=Sum("quantity")).values("sum")
    rows = PurchaseRequestLine.objects.annotate(ordered=Coalesce(Subquery(ordered), ZERO))
    return rows.select_related("product__unit", "supplier")


def _whole(rows: QuerySet[PurchaseRequest]) -> QuerySet[PurchaseRequest]:
    lines = Prefetch("lines", queryset=_lines().order_by("position"))
    return rows.select_related("warehouse").prefetch_related(lines)
