"""Finding orders: lists with views and filters, counts and sums, rows for export."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache, reduce
from operator import or_
from typing import Any, TypeAlias

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Collate, Upper
from django.utils.translation import gettext as _

from shundan.accounts.models import User
from shundan.accounts.scopes import Reader, kinds_within, reader_of
from shundan.catalog.models import Product
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Malformed, require
from shundan.kernel.kept import givens, kept
from shundan.kernel.listing import (
    COUNT_CAP,
    Counting,
    Page,
    choosing_of,
    count_capped,
    count_each,
    page_from,
    page_of,
    rows_of_page,
    summing_of,
)
from shundan.kernel.money import ZERO
from shundan.orders.models import AttributeKey, Order, OrderLine, Promise
from shundan.orders.queries.attribute_filters import attribute_condition
from shundan.orders.queries.numbers import numbers_of_sequence
from shundan.orders.rules import LIVE, VIEWS
from shundan.orders.scopes import visible_orders
from shundan.parties.queries import customers_matching_unscoped, suppliers_matching_unscoped

# So many numbers of each kind a search follows; the newest first.
MOST_FOUND = 1000
# Sorts, byte by byte, behind whatever a text goes on with.
LAST = "\U0010ffff"
# Whose names a list of orders shows.
NAMED = ("customer", "supplier", "target_warehouse", "target_department", "owner", "type")
# What the columns of the pages' lists show of orders (web.order_columns), and what their names are.
LISTED = (
    *("number", "kind", "state", "category", "workflow", "type", "customer_reference", "currency", "attributes"),
    *("net", "tax", "total", "paid", "holds", "fulfilment", "invoicing", "payment", "warehouse", "is_of_rejected"),
    *("ordered_on", "requested_on", "due_on", "customer__name", "supplier__name", "owner__name"),
    *("target_warehouse__name_zh", "target_warehouse__name_en", "target_department__name_zh"),
    *("target_department__name_en", "type__party", "type__name_zh", "type__name_en"),
)
# Ids by the column of orders in which a search looks for them.
Found: TypeAlias = dict[str, list[int]]
SORTS = ("ordered_on", "total", "requested_on", "number")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFilter:
    """What an order list is narrowed to; values of one field are alternatives, fields add up; no kinds means all."""

    kinds: tuple[str, ...] = ()
    view: str = "all"
    search: str = ""
    category: tuple[str, ...] = ()
    fulfilment: tuple[str, ...] = ()
    invoicing: tuple[str, ...] = ()
    payment: tuple[str, ...] = ()
    customer: str = ""
    supplier: str = ""
    owner_id: int | None = None
    warehouse: str = ""
    ordered_from: date | None = None
    ordered_to: date | None = None
    total_from: Decimal | None = None
    total_to: Decimal | None = None
    type_code: str = ""
    # Of each attribute what `attribute_condition` takes; texts as people and addresses write them.
    attributes: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class OrderSums:
    """How many orders a filter holds (10,001 means more than 10,000) and their worth in company currency.

    Of more than 10,000 orders nobody adds up the worth: then it is None.
    """

    count: int
    company_total: Decimal | None


def list_orders(
    *, by: Actor, wanted: OrderFilter | None = None, cursor: str | None = None, limit: int = 50, sort: str = "-id"
) -> Page[Order]:
    """Return one page of the orders this actor sees. Raises: NotPermitted, Malformed."""
    rows = filtered_orders(by=by, wanted=wanted or OrderFilter()).select_related(*NAMED)
    return page_of(rows, cursor=cursor, limit=limit, sort=sort, allowed=SORTS)


def list_and_sum_orders(
    *, by: Actor, wanted: OrderFilter, cursor: str | None = None, limit: int = 50, sort: str = "-id"
) -> tuple[Page[Order], OrderSums]:
    """Return one page of a filter and the sums of all its orders; what is searched for is found once for both.

    Raises: NotPermitted, Malformed.
    """
    found = _search(wanted, by)
    values, shape = found.values(), (reader_of(by), replace(wanted, search=""), tuple(found))
    # A condition on attributes asks what they are now: its text is not kept.
    choosing = _choosing.__wrapped__ if wanted.attributes else _choosing
    chosen = choosing(*shape, cursor=cursor, limit=limit, sort=sort).run(*values)
    ids: list[int] = chosen.pop("chosen")
    rows = {one.pk: one for one in _listed(ids)} if ids else {}
    page = page_from([rows[one] for one in ids if one in rows], cursor=cursor, limit=limit, sort=sort)
    count = sum(chosen.values())
    if count > COUNT_CAP:
        return page, OrderSums(COUNT_CAP + 1, None)
    adding = _adding.__wrapped__ if wanted.attributes else _adding
    return page, OrderSums(count, adding(*shape).run(*values)["company_total"] or ZERO)


@lru_cache(maxsize=512)
def _choosing(
    reader: Reader, wanted: OrderFilter, columns: tuple[str, ...], *, cursor: str | None, limit: int, sort: str
) -> Counting:
    """Return the statement that chooses the ids of a page among the orders alone, and counts the orders.

    Each part is counted alone: joined by OR the database would gather all matches before it counts the first.
    """
    rows, parts = _narrowed(by=reader.by, wanted=wanted), _parts(columns, givens(len(columns)))
    page = rows_of_page(rows.filter(_any_of(parts)), cursor=cursor, limit=limit, sort=sort, allowed=SORTS)
    counted = {str(at): rows.filter(part) for at, part in enumerate(parts)}
    return choosing_of(page, counted, cap=COUNT_CAP)


@lru_cache(maxsize=512)
def _adding(reader: Reader, wanted: OrderFilter, columns: tuple[str, ...]) -> Counting:
    """Return the statement that adds up the worth of the orders; only few are added up."""
    rows = _narrowed(by=reader.by, wanted=wanted)
    return summing_of(rows.filter(_any_of(_parts(columns, givens(len(columns))))), "company_total")


@kept
def _listed(ids: Any) -> QuerySet[Order]:
    # Not all that the tables hold: what a list shows. The rest would be fetched when it is asked for.
    return Order.objects.filter(pk__any_of=ids).select_related(*NAMED).only(*LISTED)


def sum_orders(*, by: Actor, wanted: OrderFilter) -> OrderSums:
    """Return the bounded count of a filter and the worth of its orders; the cost is bounded, too."""
    rows, found = _narrowed(by=by, wanted=wanted), _search(wanted, by)
    parts, count = _parts(tuple(found), tuple(found.values())), 0
    for part in parts:
        count += count_capped(rows.filter(part))
        if count > COUNT_CAP:
            return OrderSums(COUNT_CAP + 1, None)
    return OrderSums(count, rows.filter(_any_of(parts)).aggregate(worth=Sum("company_total"))["worth"] or ZERO)


def count_orders(*, by: Actor, view: str, cap: int = 999) -> int:
    """Return how many orders a view holds, at most cap + 1, for badges."""
    return count_capped(filtered_orders(by=by, wanted=OrderFilter(view=view)), cap=cap)


def count_views(*, by: Actor, views: Iterable[str], kinds: tuple[str, ...] = (), cap: int = 999) -> dict[str, int]:
    """Return how many orders of these kinds each view holds, at most cap + 1 each, in one round trip."""
    return count_each(rows_of_views(by=by, views=views, kinds=kinds), cap=cap)


def rows_of_views(*, by: Actor, views: Iterable[str], kinds: tuple[str, ...] = ()) -> dict[str, QuerySet[Order]]:
    """Return the orders of these kinds in each view, for counting them beside other piles."""
    return {view: filtered_orders(by=by, wanted=OrderFilter(view=view, kinds=kinds)) for view in views}


def count_piles(piles: Mapping[str, OrderFilter], *, by: Actor, cap: int = 999) -> dict[str, int]:
    """Return how many orders each of these filters holds, at most cap + 1 each, in one round trip."""
    return count_each({name: filtered_orders(by=by, wanted=wanted) for name, wanted in piles.items()}, cap=cap)


def exact_order_number(search: str, *, by: Actor) -> str | None:
    """Return our number of the visible order that the search names in full, or None."""
    return next(iter(_named(search.strip().replace("\x00", "")[:80].upper(), reader=reader_of(by))), None)


@kept
def _named(key: Any, *, reader: Reader) -> QuerySet[Any, str]:
    return _by_number(visible_orders(reader.by)).filter(key=key).values_list("number", flat=True)[:1]


def neighbours_of(order: Order, *, by: Actor) -> tuple[str | None, str | None]:
    """Return the numbers of the visible orders of its kind entered just before and just after."""
    found = {pk < order.pk: number for pk, number in _beside(order.kind, order.pk, reader=reader_of(by))}
    return found.get(True), found.get(False)


@kept
def _beside(kind: Any, order_id: Any, *, reader: Reader) -> QuerySet[Any, tuple[int, str]]:
    rows = visible_orders(reader.by).filter(kind=kind).values_list("pk", "number")
    return (
        rows.filter(pk__lt=order_id)
        .order_by("-pk")[:1]
        .union(rows.filter(pk__gt=order_id).order_by("pk")[:1], all=True)
    )


def order_numbers(*, by: Actor, wanted: OrderFilter, limit: int) -> list[str]:
    """Return the numbers of the visible orders of a filter, newest first. Raises: NotPermitted, Malformed."""
    return list(filtered_orders(by=by, wanted=wanted).order_by("-id").values_list("number", flat=True)[:limit])


def exported_orders(
    *, by: Actor, wanted: OrderFilter, numbers: Iterable[str] | None = None, limit: int = 100_000
) -> Iterator[Order]:
    """Return the orders of a filter, or those with the given numbers, for a file. Raises: NotPermitted."""
    rows = filtered_orders(by=by, wanted=wanted, permission="order.export").select_related(*NAMED)
    if numbers is not None:
        rows = rows.filter(number__in=list(numbers))
    return rows.order_by("-id")[:limit].iterator(chunk_size=1000)


def owners_of_orders(*, by: Actor) -> list[tuple[int, str]]:
    """Return (id, name) of active people an order list can be narrowed to."""
    return _active_people() if by.grants else []


@kept
def _active_people() -> QuerySet[Any, tuple[int, str]]:
    return User.objects.filter(is_active=True).order_by("name").values_list("id", "name")


def filtered_orders(*, by: Actor, wanted: OrderFilter, permission: str = "order.read") -> QuerySet[Order]:
    """Return the visible orders of a filter, unordered. Raises: NotPermitted, Malformed."""
    found = _search(wanted, by)
    rows = _narrowed(by=by, wanted=wanted, permission=permission)
    return rows.filter(_any_of(_parts(tuple(found), tuple(found.values()))))


def _narrowed(*, by: Actor, wanted: OrderFilter, permission: str = "order.read") -> QuerySet[Order]:
    require(by, permission)
    rows = visible_orders(by, permission).filter(_view(wanted.view, wanted.kinds, by))
    if wanted.kinds and not kinds_within(by, permission, wanted.kinds):
        rows = rows.filter(kind__in=wanted.kinds) if len(wanted.kinds) > 1 else rows.filter(kind=wanted.kinds[0])
    for field in ("category", "fulfilment", "invoicing", "payment"):
        values = getattr(wanted, field)
        if values:
            rows = rows.filter(**{f"{field}__in": [value.replace("\x00", "") for value in values]})
    if wanted.customer:
        rows = rows.filter(customer__number=wanted.customer.replace("\x00", ""))
    if wanted.supplier:
        rows = rows.filter(supplier__number=wanted.supplier.replace("\x00", ""))
    if wanted.owner_id:
        rows = rows.filter(owner_id=wanted.owner_id)
    if wanted.warehouse:
        rows = rows.filter(warehouse__code=wanted.warehouse.replace("\x00", ""))
    if wanted.type_code:
        rows = rows.filter(type__code=wanted.type_code.replace("\x00", ""))
    if wanted.attributes:
        rows = rows.filter(attribute_condition(dict(wanted.attributes), by=by))
    bounds = {
        "ordered_on__gte": wanted.ordered_from,
        "ordered_on__lte": wanted.ordered_to,
        "total__gte": wanted.total_from,
        "total__lte": wanted.total_to,
    }
    return rows.filter(**{key: value for key, value in bounds.items() if value is not None})


def _view(view: str, kinds: Sequence[str], by: Actor) -> Q:
    # Work that departments do for each other has a pile of its own, for whoever has to do or to confirm it.
    goods = Q(target_department=None) if "transfer" in kinds else Q()
    views = {
        "all": Q(),
        "mine": Q(owner_id=by.id or 0),
        "drafts": Q(category="draft"),
        "to_approve": Q(category="submitted"),
        "to_confirm": Q(category="approved") & goods,
        # The past is no work: imported history is in none of these piles.
        "to_ship": Q(category__in=LIVE, is_history=False, holds=[])
        & ~Q(fulfilment__in=("shipped", "delivered"))
        & goods,
        "to_invoice": Q(invoicing__in=("to_invoice", "part"), is_history=False)
        & ~Q(category__in=("draft", "cancelled")),
        "today": Q(ordered_on=by.today),
        "overdue": Q(due_on__isnull=False, due_on__lt=by.today, is_history=False) & ~Q(payment="paid"),
        "unpaid": Q(
            category__in=("confirmed", "in_progress", "completed"), payment__in=("unpaid", "part"), is_history=False
        ),
        "on_hold": ~Q(holds=[]),
        "between": Q(target_department__isnull=False)
        & (
            Q(category="approved", department_id__in=by.department_ids)
            | Q(category="in_progress", target_department_id__in=by.department_ids)
        ),
        "slipping": Q(pk__in=Promise.objects.filter(slipped_at__isnull=False, ended_at=None).values("order_id")),
    }
    if view not in VIEWS:
        sentence = _("There is no such view. Choose one of: %(expected)s.") % {"expected": ", ".join(VIEWS)}
        raise Malformed(details=[Detail("query.view", "unknown_view", sentence)])
    return views[view]


def _search(wanted: OrderFilter, by: Actor) -> Found:
    """Return what the words of a search lead to; nothing when there are no words."""
    words = wanted.search.strip().replace("\x00", "")[:80]
    if not words:
        return {}
    # The ids are fetched first: as one condition the planner would walk all orders in search of a rare number.
    found = _keyed(words, words.upper(), words.upper() + LAST) + _of_product(words, words.upper())
    meant = numbers_of_sequence(words, today=by.today)
    if meant:
        found += _by_number(Order.objects.all()).filter(key__in=meant).values_list("pk", flat=True)
    customers = customers_matching_unscoped(words)
    # Sales have no supplier: their search does not look for one.
    suppliers = suppliers_matching_unscoped(words) if {"purchase", "return"} & set(wanted.kinds) else []
    led: Found = {"pk": found} if found or not (customers or suppliers) else {}
    led |= {column: ids for column, ids in (("customer_id", customers), ("supplier_id", suppliers)) if ids}
    return led


@kept
def _keyed(words: Any, key: Any, end: Any) -> QuerySet[Any, int]:
    """Return the ids of orders by number, foreign number or attribute; keys are those from `key` up to `end`."""
    begins = {"key__gte": key, "key__lt": end}
    numbered = _by_number(Order.objects.all()).filter(**begins).order_by("-key")
    elsewhere = Order.objects.filter(Q(source_number=words) | Q(customer_reference=words)).order_by()
    keyed = AttributeKey.objects.annotate(key=Collate(Upper("value"), "C")).filter(is_searchable=True, **begins)
    return numbered.values_list("pk", flat=True)[:MOST_FOUND].union(
        elsewhere.values_list("pk", flat=True)[:MOST_FOUND],
        keyed.order_by().values_list("order_id", flat=True)[:MOST_FOUND],
        all=True,
    )


@kept
def _of_product(code: Any, upper: Any) -> QuerySet[Any, int]:
    """Return the ids of the newest orders of the product with this SKU or barcode; so many that a count stays true."""
    meant = Product.objects.filter(Q(sku=code) | Q(sku=upper) | Q(barcode=code, barcode__gt="")).order_by()
    lines = OrderLine.objects.filter(product_id__in=meant.values("pk")).order_by("-order_id")
    return lines.values_list("order_id", flat=True).distinct()[: COUNT_CAP + 1]


def _parts(columns: Sequence[str], found: Sequence[Any]) -> list[Q]:
    """Return conditions that exclude each other; what fulfils one of them is found. No words find everything."""
    parts = [Q(**{f"{column}__any_of": ids}) for column, ids in zip(columns, found, strict=True)]
    if columns and columns[0] == "pk":
        parts[1:] = [one & ~parts[0] for one in parts[1:]]
    return parts or [Q()]


def _any_of(parts: Sequence[Q]) -> Q:
    return reduce(or_, parts)


def _by_number(rows: QuerySet[Order]) -> QuerySet[Any]:  # Any: the column `key` is not one of the model's
    return rows.annotate(key=Collate(Upper("number"), "C"))
