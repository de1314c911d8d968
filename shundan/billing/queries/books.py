"""Finding invoices and payments; what a customer owes and may still order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Prefetch, Q, QuerySet, Sum

from shundan.accounts.scopes import Reader, holds, reader_of
from shundan.billing.models import (
    Allocation,
    CreditAccount,
    CreditRaise,
    GatheredOrder,
    Invoice,
    InvoiceLine,
    Payment,
    Refund,
)
from shundan.billing.queries.parts import BilledPart, parts_of_lines
from shundan.billing.rules import METHODS, due_day, exposure
from shundan.billing.scopes import visible_invoices, visible_payments
from shundan.catalog.queries import rate_of_exchange
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, require
from shundan.kernel.kept import kept
from shundan.kernel.listing import Page, page_of
from shundan.kernel.models import Event
from shundan.kernel.money import ZERO, round_amount
from shundan.kernel.timeline import events_of_unscoped
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries import invoiceable_of
from shundan.parties.models import Customer, PaymentTerm

OPEN = Q(kind="normal") & Q(total__gt=F("allocated") + F("credited"))


@dataclass(frozen=True, slots=True)
class Credit:
    """A customer's credit standing in the customer's currency; `limit` is with its raise, None means no check."""

    currency: str
    limit: Decimal | None
    ordered: Decimal
    receivable: Decimal
    unallocated: Decimal
    # What of the limit is a raise, and its last day.
    raised: Decimal = ZERO
    raised_until: date | None = None

    @property
    def exposure(self) -> Decimal:
        """Return what the customer may come to owe."""
        return exposure(ordered=self.ordered, receivable=self.receivable, unallocated=self.unallocated)

    @property
    def available(self) -> Decimal | None:
        """Return what may still be ordered, or None without a limit."""
        return None if self.limit is None else self.limit - self.exposure

    def after(self, amount: Decimal) -> Decimal | None:
        """Return what may still be ordered after an order of this amount, below 0 when it is too much."""
        return None if self.available is None else self.available - amount


def credit_of(customer: Customer, *, by: Actor, lock: bool = False) -> Credit:
    """Return a customer's credit over all currencies, in the customer's own.

    With `lock` the accounts stay locked until commit. Raises: NoExchangeRate.
    """
    accounts = _accounts(customer.pk, lock=lock)
    own = None
    sums = [ZERO, ZERO, ZERO]
    for account in accounts:
        factor = Decimal(1)
        if account.currency != customer.currency:
            own = own or rate_of_exchange(customer.currency, on=by.today)
            factor = rate_of_exchange(account.currency, on=by.today) / own
        for i, value in enumerate((account.ordered, account.receivable, account.unallocated)):
            sums[i] += value if factor == 1 else round_amount(value * factor, currency=customer.currency)
    limit = customer.credit_limit
    found = None if limit is None else _raise_now(customer.pk, by.today)
    if limit is None or not found:
        return Credit(customer.currency, limit, sums[0], sums[1], sums[2])
    one = found[0]
    return Credit(customer.currency, limit + one.amount, sums[0], sums[1], sums[2], one.amount, one.until_on)


@kept
def _raise_now(customer_id: Any, on: Any) -> QuerySet[CreditRaise]:
    """Return the raise that holds on a day; there is one at most."""
    return CreditRaise.objects.filter(customer_id=customer_id, ended_at=None, from_on__lte=on, until_on__gte=on)


@kept
def _accounts(customer_id: Any, *, lock: bool) -> QuerySet[CreditAccount]:
    rows = CreditAccount.objects.filter(customer_id=customer_id).order_by("currency")
    return rows.select_for_update(no_key=True) if lock else rows


def list_invoices(
    *,
    by: Actor,
    view: str = "all",
    search: str = "",
    customer: str = "",
    cursor: str | None = None,
    limit: int = 50,
    sort: str = "-id",
    counted: bool = False,
) -> Page[Invoice]:
    """Return one page of invoices; views: all, open, overdue, credit. Raises: NotPermitted, Malformed."""
    require(by, "invoice.read")
    views = {"all": Q(), "open": OPEN, "overdue": OPEN & Q(due_on__lt=by.today), "credit": Q(kind="credit")}
    rows = visible_invoices(by).select_related("customer", "order").prefetch_related(_orders())
    rows = rows.filter(views.get(view, Q()))
    wanted = search.strip().replace("\x00", "")[:80]
    if wanted:
        rows = rows.filter(
            Q(number__iexact=wanted)
            | Q(order__number__iexact=wanted)
            | Q(pk__any_of=_gathering(order__number__iexact=wanted))
            | Q(customer__search_text__contains=wanted.lower())
        )
    if customer:
        rows = rows.filter(customer__number=customer.replace("\x00", ""))
    allowed = ("due_on", "issued_on", "total")
    return page_of(rows, cursor=cursor, limit=limit, sort=sort, allowed=allowed, counted=counted)


def get_invoice(number: str, *, by: Actor, permission: str = "invoice.read") -> Invoice:
    """Return an invoice with its lines. Raises: NotPermitted, NotFound."""
    require(by, permission)
    rows = visible_invoices(by, permission).select_related("customer", "order", "corrects")
    invoice = rows.prefetch_related(_lines(), _orders()).filter(number=number.replace("\x00", "")).first()
    if invoice is None:
        raise NotFound(what="invoice", key=number[:100])
    return invoice


def invoices_of(order: Order, *, by: Actor) -> list[Invoice]:
    """Return an order's invoices and credit notes, oldest first; none for actors who may not see invoices."""
    if not by.may("invoice.read"):
        return []
    return _invoices(order.pk, reader=reader_of(by))


@kept
def _invoices(order_id: Any, *, reader: Reader) -> QuerySet[Invoice]:
    rows = visible_invoices(reader.by).filter(of_order(order_id))
    return rows.prefetch_related(_lines(), _orders()).order_by("id")


def open_invoices_of(customer: Customer, *, by: Actor, currency: str = "") -> list[Invoice]:
    """Return a customer's unpaid invoices, the one due first first. Raises: NotPermitted."""
    require(by, "invoice.read")
    rows = visible_invoices(by).filter(OPEN, customer_id=customer.pk).select_related("order")
    return list((rows.filter(currency=currency) if currency else rows).order_by("due_on", "id"))


def list_payments(
    *,
    by: Actor,
    view: str = "all",
    search: str = "",
    customer: str = "",
    cursor: str | None = None,
    limit: int = 50,
    counted: bool = False,
) -> Page[Payment]:
    """Return one page of payments; views: all, unallocated. Raises: NotPermitted, Malformed."""
    require(by, "payment.read")
    rows = visible_payments(by).select_related("customer")
    if view == "unallocated":
        rows = rows.filter(amount__gt=F("allocated") + F("refunded") + F("held") + F("leaving"), reversed_at=None)
    wanted = search.strip().replace("\x00", "")[:80]
    if wanted:
        rows = rows.filter(
            Q(number__iexact=wanted) | Q(reference=wanted) | Q(customer__search_text__contains=wanted.lower())
        )
    if customer:
        rows = rows.filter(customer__number=customer.replace("\x00", ""))
    return page_of(rows, cursor=cursor, limit=limit, counted=counted)


def get_payment(number: str, *, by: Actor, permission: str = "payment.read") -> Payment:
    """Return a payment with its allocations. Raises: NotPermitted, NotFound."""
    require(by, permission)
    allocations = Prefetch("allocations", queryset=Allocation.objects.select_related("invoice__order").order_by("id"))
    rows = visible_payments(by, permission).select_related("customer").prefetch_related(allocations, "refunds")
    payment = rows.filter(number=number.replace("\x00", "")).first()
    if payment is None:
        raise NotFound(what="payment", key=number[:100])
    return payment


def payments_of(order: Order, *, by: Actor) -> list[Allocation]:
    """Return what was allocated to an order's invoices, oldest first; none for actors who may not see payments."""
    if not by.may("payment.read"):
        return []
    return _allocations(order.pk)


def refunds_of(paid: Iterable[Allocation]) -> list[Refund]:
    """Return what was paid back of payments that the actor fetched, oldest first."""
    ids = {one.payment_id for one in paid if one.payment.refunded}
    return list(Refund.objects.filter(payment_id__in=ids).select_related("payment").order_by("id")) if ids else []


@kept
def _allocations(order_id: Any) -> QuerySet[Allocation]:
    ids = ArraySubquery(Invoice.objects.filter(of_order(order_id)).values("pk"))
    rows = Allocation.objects.filter(invoice_id__any_of=ids).select_related("payment", "invoice")
    return rows.order_by("id")


def invoiced_amounts(order_line_ids: Iterable[int]) -> dict[int, tuple[Decimal, Decimal]]:
    """Return (gross, net) that invoices less credit notes hold of each order line."""
    return {line: (gross, net) for line, gross, net in _invoiced_sums(list(order_line_ids))}


@kept
def _invoiced_sums(order_line_ids: Any) -> QuerySet[InvoiceLine, Any]:
    rows = InvoiceLine.objects.filter(order_line_id__any_of=order_line_ids).order_by().values_list("order_line_id")
    return rows.annotate(gross_sum=Sum("gross"), net_sum=Sum("net"))


def earliest_due_day(order_id: int) -> date | None:
    """Return the first day on which an invoice of an order that is still open falls due."""
    settled = _gathering(order_id=order_id, total=F("allocated") + F("credited"))
    rows = Invoice.objects.filter(OPEN & of_order(order_id) & ~Q(pk__any_of=settled))
    return rows.order_by("due_on").values_list("due_on", flat=True).first()


def of_order(order_id: Any) -> Q:
    """Return the invoices that bill an order, alone or with others."""
    return Q(order_id=order_id) | Q(pk__any_of=_gathering(order_id=order_id))


def _gathering(**wanted: Any) -> ArraySubquery:
    # As an array: the condition beside it can then be answered by two indexes.
    return ArraySubquery(GatheredOrder.objects.filter(**wanted).values("invoice_id"))


def earliest_overdue_day_unscoped(customer_id: int, *, on: date) -> date | None:
    """Return since when the oldest unpaid invoice of a customer has been overdue, for facts of approval."""
    rows = Invoice.objects.filter(OPEN, customer_id=customer_id, due_on__lt=on).order_by("due_on")
    return rows.values_list("due_on", flat=True).first()


def due_day_of(term: PaymentTerm | None, *, issued_on: date) -> date:
    """Return when an invoice of this day falls due under a payment term; without one at once."""
    if term is None:
        return issued_on
    return due_day(issued_on, days=term.days, is_end_of_month=term.is_end_of_month)


def allocations_of(invoice: Invoice, *, by: Actor) -> list[Allocation]:
    """Return what was allocated to an invoice, oldest first; none for actors who may not see payments."""
    if not by.may("payment.read"):
        return []
    return list(Allocation.objects.filter(invoice_id=invoice.pk).select_related("payment").order_by("id"))


def allocated_of(payment: Payment) -> list[tuple[Invoice, Decimal]]:
    """Return each invoice that a payment pays and how much of it, what was taken back already off."""
    sums: dict[int, tuple[Invoice, Decimal]] = {}
    for one in payment.allocations.all():
        sums[one.invoice_id] = (one.invoice, sums.get(one.invoice_id, (one.invoice, ZERO))[1] + one.amount)
    return [(invoice, amount) for invoice, amount in sums.values() if amount]


def exchange_by_invoice(payment: Payment) -> dict[int, Decimal]:
    """Return what exchange made of a payment by invoice id, in company currency: a gain above 0."""
    sums: dict[int, Decimal] = {}
    for one in payment.allocations.all():
        sums[one.invoice_id] = sums.get(one.invoice_id, ZERO) + one.exchange_difference
    return sums


def timeline_of_payment(payment: Payment, *, by: Actor) -> list[Event]:
    """Return what happened to a payment, newest first; none for actors who may not read events of its customer."""
    return events_of_unscoped([payment.subject]) if holds(by, "event.read", payment.customer) else []


def taxes_of(invoice: Invoice) -> list[tuple[str, Decimal, Decimal, Decimal]]:
    """Return (kind, rate, net, tax) of an invoice by kind and rate of tax, the highest rate first."""
    sums: dict[tuple[Decimal, str], tuple[Decimal, Decimal]] = {}
    for line in invoice.lines.all():
        key = (line.tax_rate, line.order_line.tax_kind)
        net, tax = sums.get(key, (ZERO, ZERO))
        sums[key] = (net + line.net, tax + line.tax)
    return [(key[1], key[0], *sums[key]) for key in sorted(sums, reverse=True)]


def standings_of(customer_ids: Iterable[int], *, by: Actor) -> dict[int, dict[str, Decimal]]:
    """Return exposure by currency of customers the caller has scoped, in one query; none without sight of invoices."""
    if not by.may("invoice.read"):
        return {}
    found: dict[int, dict[str, Decimal]] = {}
    for one in CreditAccount.objects.filter(customer_id__in=list(customer_ids)):
        used = exposure(ordered=one.ordered, receivable=one.receivable, unallocated=one.unallocated)
        found.setdefault(one.customer_id, {})[one.currency] = used
    return found


def overdue_of(customer_ids: Iterable[int], *, by: Actor) -> dict[int, dict[str, Decimal]]:
    """Return overdue amounts by currency of customers, of the invoices this actor sees, in one query."""
    if not by.may("invoice.read"):
        return {}
    rows = visible_invoices(by).filter(OPEN, customer_id__in=list(customer_ids), due_on__lt=by.today)
    sums = rows.values("customer_id", "currency").annotate(late=Sum(F("total") - F("credited") - F("allocated")))
    found: dict[int, dict[str, Decimal]] = {}
    for row in sums:
        found.setdefault(row["customer_id"], {})[row["currency"]] = row["late"]
    return found


@dataclass(frozen=True, slots=True)
class InvoicePreview:
    """What an invoice over these parts would say."""

    parts: list[BilledPart]
    net: Decimal
    tax: Decimal
    total: Decimal
    due_on: date


def billed_parts(order: Order, chosen: Mapping[OrderLine, Decimal]) -> list[BilledPart]:
    """Return the amounts of parts of lines, so that all parts of a line add up to its stored amounts exactly."""
    return parts_of_lines(order, chosen, invoiced_amounts(line.pk for line in chosen))


def preview_invoice(order: Order, *, by: Actor, quantities: Mapping[int, Decimal] | None = None) -> InvoicePreview:
    """Return what an invoice would say today over all that may be billed, or over quantities by line position.

    Quantities are held between 0 and what may be billed. Raises: NotPermitted.
    """
    require(by, "invoice.issue")
    free = invoiceable_of(order)
    if quantities is not None:
        wanted = {line: quantities.get(line.position, ZERO) for line in free}
        free = {line: max(ZERO, min(quantity, wanted[line])) for line, quantity in free.items()}
    parts = billed_parts(order, {line: quantity for line, quantity in free.items() if quantity > 0})
    return InvoicePreview(
        parts=parts,
        net=sum((part.net for part in parts), ZERO),
        tax=sum((part.tax for part in parts), ZERO),
        total=sum((part.gross for part in parts), ZERO),
        due_on=due_day_of(order.payment_term, issued_on=by.today),
    )


def payment_methods() -> tuple[str, ...]:
    """Return the ways a customer may pay."""
    return METHODS


def receivable_sums(*, by: Actor) -> dict[str, tuple[Decimal, Decimal]]:
    """Return (open, overdue) amounts of visible invoices by currency. Raises: NotPermitted."""
    require(by, "invoice.read")
    left = F("total") - F("credited") - F("allocated")
    rows = visible_invoices(by).filter(OPEN).values("currency")
    sums = rows.annotate(open_sum=Sum(left), overdue_sum=Sum(left, filter=Q(due_on__lt=by.today)))
    return {row["currency"]: (row["open_sum"], row["overdue_sum"] or ZERO) for row in sums}


def _orders() -> "Prefetch[str]":
    return Prefetch("gathered", queryset=GatheredOrder.objects.select_related("order").order_by("order_id"))


def _lines() -> "Prefetch[str]":
    return Prefetch(
        "lines",
        queryset=InvoiceLine.objects.select_related("order_line").order_by(
            "order_line__order_id", "order_line__position"
        ),
    )
