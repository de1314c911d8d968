"""Finding orders: lists with views and filters, one order with all it has, and what may be done with it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from shundan.accounts.models import User
from shundan.accounts.scopes import holds
from shundan.inventory.queries import availability_unscoped, available_of
from shundan.kernel.actor import Actor
from shundan.kernel.db import fetch_prepared
from shundan.kernel.errors import Detail, Malformed, NotFound, require
from shundan.kernel.listing import Page, count_capped, count_each, page_of
from shundan.kernel.models import Event
from shundan.kernel.money import ZERO
from shundan.kernel.timeline import events_of_unscoped
from shundan.orders.models import Order, OrderHold, OrderLine, OrderType
from shundan.orders.rules import LIVE, RELEASED, VIEWS, backordered_quantity, invoiceable_quantity, open_quantity
from shundan.orders.scopes import visible_orders
from shundan.parties.queries import customers_matching_unscoped

_TYPE_COLUMNS = tuple(field.attname for field in OrderType._meta.concrete_fields)
ORDER_COLUMNS = tuple(field.attname for field in Order._meta.concrete_fields)
LINE_COLUMNS = tuple(field.attname for field in OrderLine._meta.concrete_fields)
_FRAME = (
    f"select {', '.join(f't.{column}' for column in _TYPE_COLUMNS)},"  # noqa: S608 - our own column names
    " (select w.id from workflow_workflowversion w where w.code = t.workflow order by w.version desc limit 1),"
    " (select id from inventory_warehouse where is_active order by id limit 1)"
    " from orders_ordertype t where t.code = %s and t.is_active"
)
SORTS = ("ordered_on", "total", "requested_on", "number")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFilter:
    """What an order list is narrowed to; values of one field are alternatives, fields add up."""

    view: str = "all"
    search: str = ""
    category: tuple[str, ...] = ()
    fulfilment: tuple[str, ...] = ()
    invoicing: tuple[str, ...] = ()
    payment: tuple[str, ...] = ()
    customer: str = ""
    owner_id: int | None = None
    warehouse: str = ""
    ordered_from: date | None = None
    ordered_to: date | None = None
    total_from: Decimal | None = None
    total_to: Decimal | None = None


@dataclass(frozen=True, slots=True)
class OrderSums:
    """How many orders a filter holds (10,001 means more than 10,000) and their worth in company currency."""

    count: int
    company_total: Decimal


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an order has come: units and lines of goods, and money that is still due."""

    units: Decimal
    units_shipped: Decimal
    units_open: Decimal
    units_free: Decimal
    backordered: Decimal
    lines: int
    lines_shipped: int
    discount: Decimal
    due: Decimal


def list_orders(
    *, by: Actor, wanted: OrderFilter | None = None, cursor: str | None = None, limit: int = 50, sort: str = "-id"
) -> Page[Order]:
    """Return one page of the orders this actor sees. Raises: NotPermitted, Malformed."""
    rows = filtered_orders(by=by, wanted=wanted or OrderFilter()).select_related("customer", "owner", "type")
    return page_of(rows, cursor=cursor, limit=limit, sort=sort, allowed=SORTS)


def sum_orders(*, by: Actor, wanted: OrderFilter) -> OrderSums:
    """Return the bounded count of a filter and the worth of the counted orders."""
    rows = filtered_orders(by=by, wanted=wanted)
    count = count_capped(rows)
    capped = rows.order_by("-id")[:10_000].values("company_total")
    return OrderSums(count, capped.aggregate(worth=Sum("company_total"))["worth"] or ZERO)


def count_orders(*, by: Actor, view: str, cap: int = 999) -> int:
    """Return how many orders a view holds, at most cap + 1, for badges."""
    return count_capped(filtered_orders(by=by, wanted=OrderFilter(view=view)), cap=cap)


def count_views(*, by: Actor, views: Iterable[str], cap: int = 999) -> dict[str, int]:
    """Return how many orders each view holds, at most cap + 1 each, in one round trip."""
    return count_each({view: filtered_orders(by=by, wanted=OrderFilter(view=view)) for view in views}, cap=cap)


def exact_order_number(search: str, *, by: Actor) -> str | None:
    """Return our number of the visible order that the search names in full, or None."""
    rows = visible_orders(by).filter(number__iexact=search.strip().replace("\x00", "")[:80])
    return rows.values_list("number", flat=True).first()


def filtered_orders(*, by: Actor, wanted: OrderFilter, permission: str = "order.read") -> QuerySet[Order]:
    """Return the visible orders of a filter, unordered. Raises: NotPermitted, Malformed."""
    require(by, permission)
    rows = visible_orders(by, permission).filter(_view(wanted.view, by))
    for field in ("category", "fulfilment", "invoicing", "payment"):
        values = getattr(wanted, field)
        if values:
            rows = rows.filter(**{f"{field}__in": values})
    if wanted.customer:
        rows = rows.filter(customer__number=wanted.customer.replace("\x00", ""))
    if wanted.owner_id:
        rows = rows.filter(owner_id=wanted.owner_id)
    if wanted.warehouse:
        rows = rows.filter(warehouse__code=wanted.warehouse.replace("\x00", ""))
    bounds = {
        "ordered_on__gte": wanted.ordered_from,
        "ordered_on__lte": wanted.ordered_to,
        "total__gte": wanted.total_from,
        "total__lte": wanted.total_to,
    }
    rows = rows.filter(**{key: value for key, value in bounds.items() if value is not None})
    return rows.filter(_search(wanted.search)) if wanted.search.strip() else rows


def get_order(number: str, *, by: Actor, lock: bool = False, permission: str = "order.read") -> Order:
    """Return an order by our number, or by its unique foreign one. Raises: NotPermitted, NotFound.

    With `lock` the row stays locked until commit.
    """
    require(by, permission)
    rows = visible_orders(by, permission).select_related("customer", "owner", "type", "workflow", "warehouse")
    rows = rows.select_related("payment_term", "department")
    if lock:
        rows = rows.select_for_update(of=("self",), no_key=True)
    order = rows.filter(number=number.replace("\x00", "")).first()
    if order is None:
        raise NotFound(what="order", key=number[:100])
    return order


def neighbours_of(order: Order, *, by: Actor) -> tuple[str | None, str | None]:
    """Return the numbers of the visible orders entered just before and just after."""
    rows = visible_orders(by).values_list("number", flat=True)
    return rows.filter(pk__lt=order.pk).order_by("-pk").first(), rows.filter(pk__gt=order.pk).order_by("pk").first()


def may_do(permission: str, order: Order, *, by: Actor) -> bool:
    """Tell whether the actor holds a permission for one order that they were allowed to fetch."""
    return holds(by, permission, order, named={"released": is_released(order)})


def timeline_of(order: Order, *, by: Actor, papers: Iterable[tuple[str, int]] = (), limit: int = 200) -> list[Event]:
    """Return what happened to an order and to the papers given by subject, newest first.

    The caller has scoped the papers. Actors who may not read events of this order get none.
    """
    if not may_do("event.read", order, by=by):
        return []
    return events_of_unscoped((order.subject, *papers), limit=limit)


def timeline_of_papers(order: Order, papers: Iterable[tuple[str, int]], *, by: Actor) -> list[Event]:
    """Return what happened to papers of an order, which the caller has scoped, newest first."""
    return events_of_unscoped(papers) if may_do("event.read", order, by=by) else []


def lock_order_unscoped(order_id: int) -> Order:
    """Return an order locked until commit, for rooms above that have scoped their own document."""
    rows = Order.objects.select_related("customer", "type", "workflow", "payment_term")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=order_id)


def lock_orders_unscoped(order_ids: Iterable[int]) -> dict[int, Order]:
    """Return orders by id, locked until commit in ascending order, for rooms above that have scoped their document."""
    rows = Order.objects.select_related("customer", "type", "workflow", "payment_term").order_by("pk")
    return {one.pk: one for one in rows.select_for_update(of=("self",), no_key=True).filter(pk__in=list(order_ids))}


def lines_of(order: Order) -> list[OrderLine]:
    """Return an order's lines in their order, loaded once for each instance of the order."""
    if "loaded_lines" not in order.__dict__:
        order.__dict__["loaded_lines"] = list(
            OrderLine.objects.filter(order_id=order.pk).select_related("product", "warehouse").order_by("position")
        )
    lines: list[OrderLine] = order.__dict__["loaded_lines"]
    return lines


def is_live(order: Order) -> bool:
    """Tell whether the order is confirmed and not finished: goods may be picked for it."""
    return order.category in LIVE


def is_released(order: Order) -> bool:
    """Tell whether the order was ever handed to the warehouse: what left the house may be invoiced."""
    return order.category in RELEASED


def invoiceable_of(order: Order) -> dict[OrderLine, Decimal]:
    """Return what can be invoiced now of each line."""
    return {line: invoiceable_quantity(line, invoices_on=order.type.invoices_on) for line in lines_of(order)}


def backordered_of(order: Order) -> dict[OrderLine, Decimal]:
    """Return what is open and not even reserved of each line."""
    return {line: backordered_quantity(line) for line in lines_of(order)}


@dataclass(frozen=True, slots=True)
class LineQuantities:
    """What is left to do with a line."""

    open: Decimal
    backordered: Decimal
    to_invoice: Decimal


def line_quantities(order: Order) -> dict[int, LineQuantities]:
    """Return by position what of each line is still to be shipped, to be reserved, and can be invoiced now."""
    released = is_released(order) and not order.is_history
    return {
        line.position: LineQuantities(
            open=open_quantity(line) if line.is_stocked else ZERO,
            backordered=backordered_quantity(line) if is_live(order) else ZERO,
            to_invoice=invoiceable_quantity(line, invoices_on=order.type.invoices_on) if released else ZERO,
        )
        for line in lines_of(order)
    }


def progress_of(order: Order) -> Progress:
    """Return the figures that an order's four tracks and its sums show."""
    lines = lines_of(order)
    stocked = [line for line in lines if line.is_stocked]
    due = (order.invoiced if order.category in ("closed", "cancelled") else order.total) - order.paid
    return Progress(
        units=sum((line.quantity - line.cancelled for line in stocked), ZERO),
        units_shipped=sum((line.shipped for line in stocked), ZERO),
        units_open=sum((open_quantity(line) for line in stocked), ZERO),
        units_free=sum((line.reserved - line.picked for line in stocked), ZERO),
        backordered=sum((backordered_quantity(line) for line in lines), ZERO),
        lines=len(stocked),
        lines_shipped=sum(1 for line in stocked if open_quantity(line) == 0),
        discount=sum((line.discount for line in lines), ZERO),
        due=max(due, ZERO),
    )


def open_of(line: OrderLine) -> Decimal:
    """Return what of a line is still to be shipped."""
    return open_quantity(line)


def shippable_of(order: Order) -> dict[OrderLine, Decimal]:
    """Return each line of goods with what of it is reserved and not yet picked."""
    return {line: line.reserved - line.picked for line in lines_of(order) if line.is_stocked}


def short_lines(order: Order) -> list[tuple[str, Decimal]]:
    """Return (SKU, free quantity) of the products that an order wants more of than its warehouse has free."""
    wanted: dict[int, Decimal] = {}
    skus = {}
    for line in lines_of(order):
        if line.is_stocked:
            wanted[line.product_id] = wanted.get(line.product_id, ZERO) + line.quantity
            skus[line.product_id] = line.sku
    levels = availability_unscoped(wanted, warehouse_id=order.warehouse_id) if wanted else {}
    free = {product_id: available_of(product_id, levels) for product_id in wanted}
    return [(skus[product_id], free[product_id]) for product_id in wanted if free[product_id] < wanted[product_id]]


def holders_of_lines(line_ids: Iterable[int], *, by: Actor) -> dict[int, tuple[str, str]]:
    """Return (order number, customer's name) of lines by id, of the orders this actor sees."""
    if not by.may("order.read"):
        return {}
    rows = OrderLine.objects.filter(pk__in=list(line_ids), order__in=visible_orders(by))
    return {pk: (number, name) for pk, number, name in rows.values_list("pk", "order__number", "order__customer__name")}


def lines_by_ids_unscoped(ids: Iterable[int]) -> dict[int, OrderLine]:
    """Return lines with their orders by id, for rooms above that show who holds stock."""
    return {line.pk: line for line in OrderLine.objects.filter(pk__in=list(ids)).select_related("order")}


def open_holds(order: Order) -> list[OrderHold]:
    """Return the holds that wait to be lifted, oldest first."""
    return list(OrderHold.objects.filter(order_id=order.pk, lifted_at=None).order_by("id"))


def order_types(*, by: Actor) -> list[OrderType]:
    """Return the active order types."""
    return list(OrderType.objects.filter(is_active=True).order_by("id")) if by.may("order.read") else []


@dataclass(frozen=True, slots=True)
class EntryFrame:
    """What a new order of a type begins with."""

    type: OrderType
    workflow_id: int
    warehouse_id: int | None


def entry_frame(type_code: str) -> EntryFrame | None:
    """Return the active type with this code, its current workflow and the default warehouse; one round trip."""
    rows = fetch_prepared(_FRAME, [type_code.replace("\x00", "")])
    if not rows:
        return None
    *columns, workflow_id, warehouse_id = rows[0]
    return EntryFrame(OrderType.from_db("default", _TYPE_COLUMNS, columns), workflow_id, warehouse_id)


def last_prices(*, by: Actor, customer_id: int, product_ids: Iterable[int]) -> dict[int, tuple[Decimal, date]]:
    """Return the last price and day that a customer paid for products, of the orders this actor sees."""
    rows = (
        OrderLine.objects.filter(
            order__in=visible_orders(by).filter(customer_id=customer_id).exclude(category="cancelled"),
            product_id__in=list(product_ids),
        )
        .order_by("product_id", "-order_id")
        .distinct("product_id")
        .values_list("product_id", "unit_price", "order__ordered_on")
    )
    return {product: (price, on) for product, price, on in rows}


def latest_lines_of_product(product_id: int, *, by: Actor, limit: int = 10) -> list[OrderLine]:
    """Return the latest lines of a product in the orders this actor sees."""
    if not by.may("order.read"):
        return []
    rows = OrderLine.objects.filter(product_id=product_id, order__in=visible_orders(by))
    return list(rows.select_related("order", "order__customer").order_by("-order_id")[:limit])


def orders_by_day(*, by: Actor, since: date) -> list[tuple[date, int, Decimal]]:
    """Return (day, orders, worth in company currency) of each day with orders, drafts and cancelled ones aside."""
    rows = (
        visible_orders(by)
        .filter(ordered_on__gte=since)
        .exclude(category__in=("draft", "cancelled"))
        .values("ordered_on")
        .annotate(orders=Count("id"), worth=Sum("company_total"))
        .order_by("ordered_on")
    )
    return [(row["ordered_on"], row["orders"], row["worth"]) for row in rows]


def order_numbers(*, by: Actor, wanted: OrderFilter, limit: int) -> list[str]:
    """Return the numbers of the visible orders of a filter, newest first. Raises: NotPermitted, Malformed."""
    return list(filtered_orders(by=by, wanted=wanted).order_by("-id").values_list("number", flat=True)[:limit])


def exported_orders(
    *, by: Actor, wanted: OrderFilter, numbers: Iterable[str] | None = None, limit: int = 100_000
) -> Iterator[Order]:
    """Return the orders of a filter, or those with the given numbers, for a file. Raises: NotPermitted."""
    rows = filtered_orders(by=by, wanted=wanted, permission="order.export").select_related("customer", "owner")
    if numbers is not None:
        rows = rows.filter(number__in=list(numbers))
    return rows.order_by("-id")[:limit].iterator(chunk_size=1000)


def owners_of_orders(*, by: Actor) -> list[tuple[int, str]]:
    """Return (id, name) of active people an order list can be narrowed to."""
    return list(User.objects.filter(is_active=True).order_by("name").values_list("id", "name")) if by.grants else []


def _view(view: str, by: Actor) -> Q:
    views = {
        "all": Q(),
        "mine": Q(owner_id=by.id),
        "drafts": Q(category="draft"),
        "to_approve": Q(category="submitted"),
        "to_confirm": Q(category="approved"),
        "to_ship": Q(category__in=LIVE) & ~Q(fulfilment__in=("shipped", "delivered")),
        "to_invoice": Q(invoicing__in=("to_invoice", "part"), is_history=False)
        & ~Q(category__in=("draft", "cancelled")),
        "today": Q(ordered_on=by.today),
        "overdue": Q(due_on__lt=by.today) & ~Q(payment="paid"),
        "unpaid": Q(category__in=("confirmed", "in_progress", "completed"), payment__in=("unpaid", "part")),
        "on_hold": Q(holds__len__gt=0),
    }
    if view not in VIEWS:
        raise Malformed(details=[Detail("query.view", "unknown_view", _("There is no such view."))])
    return views[view]


def _search(text: str) -> Q:
    words = text.strip().replace("\x00", "")[:80]
    numbers = Q(number__iexact=words) | Q(source_number=words) | Q(customer_reference=words)
    customers = customers_matching_unscoped(words)
    return numbers | Q(number__istartswith=words) | Q(customer_id__in=customers)
