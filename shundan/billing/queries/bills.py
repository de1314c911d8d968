"""Finding suppliers' bills, and what they hold of a purchase."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal

from django.db.models import F, Prefetch, Q, Sum

from shundan.billing.models import Bill, BillLine, BillTolerance, Disbursement
from shundan.billing.queries.parts import BilledPart, parts_of_lines
from shundan.billing.scopes import visible_bills
from shundan.catalog.queries import COMPANY_CURRENCY
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, require
from shundan.kernel.listing import Page, page_of
from shundan.kernel.money import ZERO, decimals_of, round_amount
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries import invoiceable_of, lines_of, type_of
from shundan.orders.registries import EXAMINED_GOODS

# What is booked and neither paid nor taken back.
UNPAID_BILLS = Q(kind="normal", total__gt=F("paid") + F("debited"))
SOON_DAYS = 7


def bill_parts(order: Order, chosen: Mapping[OrderLine, Decimal]) -> list[BilledPart]:
    """Return the amounts of parts of lines on a supplier's bill."""
    return parts_of_lines(order, chosen, billed_amounts(line.pk for line in chosen))


def bill_tolerance() -> BillTolerance:
    """Return how far bills may be from order and receipt, as it is kept or shipped."""
    return BillTolerance.objects.filter(pk=1).first() or BillTolerance(id=1)


def tolerated_difference(due: Decimal, *, currency: str, rate: Decimal) -> Decimal:
    """Return how far the total of a bill may be from what order and receipt say, in the bill's currency."""
    kept = bill_tolerance()
    least = min(due * kept.percent / 100, kept.amount / rate)
    return least.quantize(Decimal(1).scaleb(-decimals_of(currency)), ROUND_DOWN)


def billable_lines(order: Order) -> dict[OrderLine, Decimal]:
    """Return what a supplier may bill now of each line: goods that came in, and work that was ordered.

    Goods wait for the decision of their inspection: what it rejects is not payable (flows 4.3).
    """
    examined = examined_lines(order)
    return {line: max(ZERO, quantity - examined.get(line, ZERO)) for line, quantity in invoiceable_of(order).items()}


def examined_lines(order: Order) -> dict[OrderLine, Decimal]:
    """Return how much of what came in cannot be billed yet, because it is still being inspected."""
    if type_of(order).invoices_on != "shipment":
        return {}
    lines = {line.pk: line for line in lines_of(order) if line.is_stocked and line.shipped > 0}
    found: dict[OrderLine, Decimal] = {}
    for answer in EXAMINED_GOODS if lines else ():
        for pk, quantity in answer(lines).items():
            found[lines[pk]] = found.get(lines[pk], ZERO) + quantity
    return found


def billed_amounts(order_line_ids: Iterable[int]) -> dict[int, tuple[Decimal, Decimal]]:
    """Return (gross, net) that suppliers' bills less debit notes hold of each order line."""
    rows = BillLine.objects.filter(order_line_id__in=list(order_line_ids)).values("order_line_id")
    sums = rows.annotate(gross_sum=Sum("gross"), net_sum=Sum("net"))
    return {row["order_line_id"]: (row["gross_sum"], row["net_sum"]) for row in sums}


def earliest_bill_due_day(order_id: int) -> date | None:
    """Return the first day on which a bill of an order that is still open falls due."""
    rows = Bill.objects.filter(UNPAID_BILLS, order_id=order_id)
    return rows.order_by("due_on").values_list("due_on", flat=True).first()


def bills_of(order: Order, *, by: Actor) -> list[Bill]:
    """Return a purchase's bills and debit notes, oldest first; none for actors who may not see bills."""
    if not by.may("bill.read"):
        return []
    rows = (
        visible_bills(by)
        .filter(order_id=order.pk)
        .select_related("supplier", "order")
        .prefetch_related("disbursements")
    )
    return list(rows.order_by("id"))


def list_bills(
    *,
    by: Actor,
    view: str = "all",
    search: str = "",
    supplier: str = "",
    due_from: date | None = None,
    due_until: date | None = None,
    cursor: str | None = None,
    limit: int = 50,
    counted: bool = False,
) -> Page[Bill]:
    """Return one page of bills; views: all, open, soon, overdue, debit. Raises: NotPermitted.

    What is to be paid comes by the day it falls due, everything else newest first. Soon is within a week.
    """
    require(by, "bill.read")
    soon = Q(due_on__range=(by.today, by.today + timedelta(days=SOON_DAYS)))
    payable = {"open": Q(), "soon": soon, "overdue": Q(due_on__lt=by.today)}
    views = {name: UNPAID_BILLS & one for name, one in payable.items()} | {"debit": Q(kind="debit")}
    rows = visible_bills(by).select_related("supplier", "order").filter(views.get(view, Q()))
    if supplier:
        rows = rows.filter(supplier__number=supplier.replace("\x00", ""))
    if due_from is not None:
        rows = rows.filter(due_on__gte=due_from)
    if due_until is not None:
        rows = rows.filter(due_on__lte=due_until)
    wanted = search.strip().replace("\x00", "")[:80]
    if wanted:
        exact = Q(number__iexact=wanted) | Q(order__number__iexact=wanted) | Q(reference=wanted)
        rows = rows.filter(exact | Q(supplier__search_text__contains=wanted.lower()))
    sort = "due_on" if view in payable else "-id"
    return page_of(rows, cursor=cursor, limit=limit, sort=sort, allowed=("due_on",), counted=counted)


def get_bill(number: str, *, by: Actor, permission: str = "bill.read") -> Bill:
    """Return a bill with its lines and what was paid of it. Raises: NotPermitted, NotFound."""
    require(by, permission)
    lines = BillLine.objects.select_related("order_line").order_by("order_line__position")
    rows = visible_bills(by, permission).select_related("supplier", "order__type", "order__supplier")
    bill = (
        rows.prefetch_related(
            Prefetch("lines", queryset=lines),
            Prefetch(
                "disbursements",
                queryset=Disbursement.objects.filter(reversed_at=None).select_related("prepayment").order_by("pk"),
            ),
        )
        .filter(number=number.replace("\x00", ""))
        .first()
    )
    if bill is None:
        raise NotFound(what="bill", key=number[:100])
    return bill


def payable_of(supplier_id: int, *, by: Actor) -> dict[str, Decimal]:
    """Return what we owe a supplier by currency: bills less debit notes and payments. Raises: NotPermitted."""
    require(by, "bill.read")
    rows = visible_bills(by).filter(supplier_id=supplier_id).values("currency")
    return {row["currency"]: row["owed"] for row in rows.annotate(owed=Sum(F("total") - F("paid")))}


def worth_of_difference(bill: Bill) -> Decimal:
    """Return what a bill's difference is worth in company currency, at the bill's rate."""
    return round_amount(bill.difference * bill.exchange_rate, currency=COMPANY_CURRENCY)
