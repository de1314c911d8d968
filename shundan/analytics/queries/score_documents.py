"""The documents behind a score: the very rows that its sums are made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType

from django.db import connection

from shundan.analytics.queries.score_rows import ASKED, BOUGHT, CAME, DUE, PRICED
from shundan.analytics.queries.scores import check_unit, facts_of_period
from shundan.analytics.rules.scores import MEASURES, period_of
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, require
from shundan.parties.queries import get_supplier

SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreDocument:
    """One row behind a measure; what a measure does not say of it is None.

    `kind` and `number` name the document: an order, a receipt, a delivery to a customer or an inquiry. Quantities in
    the product's unit; prices per unit without tax and `worth` in company currency.
    """

    kind: str
    number: str
    order: str | None = None
    sku: str | None = None
    name_zh: str = ""
    name_en: str = ""
    unit: str = ""
    on: date | None = None
    last_on: date | None = None
    quantity: Decimal | None = None
    part: Decimal | None = None
    is_good: bool | None = None
    price: Decimal | None = None
    market: Decimal | None = None
    worth: Decimal | None = None
    asked_at: datetime | None = None
    answered_at: datetime | None = None
    hours: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ScoreDocuments:
    """One page of documents, what tells most against the supplier first, and how many there are in all."""

    items: list[ScoreDocument]
    count: int


def documents_of_score(
    number: str, measure: str, *, by: Actor, unit: str = "month", on: date | None = None, page: int = 1
) -> ScoreDocuments:
    """Return a page of the documents behind a measure of a supplier in the month or quarter of a day.

    Raises: NotPermitted, NotFound, Malformed.
    """
    require(by, "supplier.read")
    require(by, "product.cost")
    check_unit(unit)
    if measure not in MEASURES:
        raise NotFound(what="report", key=measure[:50])
    supplier = get_supplier(number, by=by)
    since, until = period_of(on or by.today, unit)
    facts = facts_of_period(by, unit, since, until, [supplier.pk])
    sql, names = _LISTS[measure]
    columns = ", ".join(connection.ops.quote_name(name) for name in names)
    order = "order by place, number limit %(size)s offset %(skip)s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {columns}, count(*) over () from ({sql}) listed {order}",
            facts | {"size": SHOWN, "skip": (max(page, 1) - 1) * SHOWN},
        )
        rows = cursor.fetchall()
    items = [ScoreDocument(**dict(zip(names, row, strict=False))) for row in rows]
    return ScoreDocuments(items, rows[0][-1] if rows else 0)


_LINE = "l.sku, l.name_zh, l.name_en, l.unit"
_NAMED = ("kind", "number", "order", "sku", "name_zh", "name_en", "unit")
_DUE = (
    f'select \'order\' as kind, o.number, null as "order", {_LINE}, d.at_day as "on", d.last_on,'
    " d.wanted as quantity, d.came as part, d.is_in_time as is_good,"
    " row_number() over (order by d.is_in_time, d.at_day desc, o.id, l.position) as place"
    f" from ({DUE}) d join orders_order o on o.id = d.order_id join orders_orderline l on l.id = d.line_id"
)
_CAME = (
    f'select c.document as kind, coalesce(r.number, e.number) as number, o.number as "order", {_LINE},'
    ' c.at_day as "on",'
    " c.quantity, c.rejected + c.faulty as part, c.rejected + c.faulty = 0 as is_good, round(c.worth, 2) as worth,"
    " row_number() over (order by c.faulty_worth desc, c.at_day desc, c.document_id, l.position) as place"
    f" from ({CAME}) c join orders_order o on o.id = c.order_id join orders_orderline l on l.id = c.line_id"
    " left join fulfilment_receipt r on c.document = 'receipt' and r.id = c.document_id"
    " left join fulfilment_directdelivery e on c.document = 'direct_delivery' and e.id = c.document_id"
)
_PRICED = (
    "select 'product' as kind, p.sku as number, null as \"order\", p.sku, p.name_zh, p.name_en, u.code as unit,"
    ' b.period as "on", b.quantity, round(b.amount / b.quantity, 6) as price, round(b.average, 6) as market,'
    " round(b.amount, 2) as worth, b.amount <= b.quantity * b.average as is_good,"
    " row_number() over (order by b.amount - b.quantity * b.average desc, p.id) as place"
    f" from (with bought as ({BOUGHT}) {PRICED}) b join catalog_product p on p.id = b.product_id"
    " join catalog_unit u on u.id = p.unit_id where b.supplier_id = any(%(suppliers)s)"
)
_ASKED = (
    "select document as kind, number, null as \"order\", null as sku, '' as name_zh, '' as name_en, '' as unit,"
    ' at_day as "on", asked_at, answered_at, hours,'
    f" row_number() over (order by hours desc, asked_at, document_id) as place from ({ASKED}) a"
)
_LISTS: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "on_time": (_DUE, (*_NAMED, "on", "last_on", "quantity", "part", "is_good")),
        "quality": (_CAME, (*_NAMED, "on", "quantity", "part", "is_good", "worth")),
        "price": (_PRICED, (*_NAMED, "on", "quantity", "price", "market", "worth", "is_good")),
        "response": (_ASKED, (*_NAMED, "on", "asked_at", "answered_at", "hours")),
    }
)
