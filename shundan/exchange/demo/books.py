"""The demo company's books while its days are simulated: invoices, payments, what pays what, credit accounts."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shundan.billing.models import Allocation, CreditAccount, Invoice, InvoiceLine, Payment
from shundan.billing.queries import due_day_of
from shundan.exchange.copying import copy_rows, copy_values, new_ids
from shundan.exchange.demo.calendar import day_of
from shundan.exchange.demo.journal import Journal, Numbers
from shundan.kernel.actor import Actor
from shundan.kernel.money import ZERO, part_of, round_amount
from shundan.orders.models import Order, OrderLine
from shundan.parties.models import Customer

LINE_COLUMNS = "id invoice_id order_line_id quantity unit_price tax_rate net tax gross".split()


@dataclass(frozen=True, slots=True)
class BilledLine:
    """The part of an order line that an invoice bills, before it is written."""

    line: OrderLine
    quantity: Decimal
    gross: Decimal
    net: Decimal

    @property
    def tax(self) -> Decimal:
        """Return the difference of both, as everywhere."""
        return self.gross - self.net

    def mirrored(self) -> "BilledLine":
        """Return the line that takes this one back."""
        return BilledLine(self.line, -self.quantity, -self.gross, -self.net)

    def values(self) -> tuple[int | Decimal, ...]:
        """Return what the table keeps, after the ids of row and invoice."""
        line = self.line
        return (int(line.pk), self.quantity, line.unit_price, line.tax_rate, self.net, self.tax, self.gross)


class Books:
    """Keeps money papers in memory and writes them; the orders' own progress is told by those who call."""

    def __init__(self, journal: Journal, numbers: Numbers, rate: Callable[[str, date], Decimal]) -> None:
        self.invoices: list[Invoice] = []
        self.lines: dict[int, list[BilledLine]] = {}
        self.payments: list[Payment] = []
        self.allocations: list[Allocation] = []
        self.accounts: dict[tuple[int, str], CreditAccount] = {}
        self._billed: dict[int, tuple[Decimal, Decimal]] = defaultdict(lambda: (ZERO, ZERO))
        self._of_order: dict[int, list[Invoice]] = defaultdict(list)
        self._of_customer: dict[int, list[Invoice]] = defaultdict(list)
        self._journal, self._numbers, self._rate = journal, numbers, rate
        self._invoice_ids, self._payment_ids = new_ids(Invoice), new_ids(Payment)

    def account(self, customer_id: int, currency: str) -> CreditAccount:
        """Return a customer's credit account, opened at its first use."""
        key = (customer_id, currency)
        if key not in self.accounts:
            self.accounts[key] = CreditAccount(
                customer_id=customer_id, currency=currency, ordered=ZERO, receivable=ZERO, unallocated=ZERO
            )
        return self.accounts[key]

    def has_credit(self, order: Order) -> bool:
        """Tell whether an order stays within the customer's limit."""
        limit = order.buyer.credit_limit
        account = self.account(order.buyer.pk, order.currency)
        return limit is None or account.ordered + account.receivable - account.unallocated + order.total <= limit

    def expose(self, order: Order, amount: Decimal) -> None:
        """Change what an order may still come to cost the customer."""
        order.exposure += amount
        self.account(order.buyer.pk, order.currency).ordered += amount

    def owed_of(self, line: OrderLine, currency: str) -> Decimal:
        """Return what a line whose remainder was closed is worth and not invoiced."""
        worth = part_of(line.gross, upto=line.quantity - line.cancelled, of=line.quantity, currency=currency)
        return worth - self._billed[line.pk][0]

    def open_of(self, customer_id: int, currency: str) -> list[Invoice]:
        """Return a customer's unpaid invoices, the one due first first."""
        mine = self._of_customer[customer_id]
        return sorted((one for one in mine if one.currency == currency and one.open_amount > 0), key=_by_due_day)

    def issue(self, order: Order, quantities: Mapping[OrderLine, Decimal], *, by: Actor) -> Invoice:
        """Bill quantities of an order's lines; parts of a line add up to its amounts exactly."""
        on = day_of(by.at)
        customer = order.buyer
        lines = [self._line(line, quantity, order.currency) for line, quantity in quantities.items()]
        invoice = Invoice(
            pk=next(self._invoice_ids),
            number=self._numbers.gapless("invoice", prefix="INV", on=on),
            order=order,
            customer=customer,
            currency=order.currency,
            exchange_rate=self._rate(order.currency, on),
            net=sum((line.net for line in lines), ZERO),
            tax=sum((line.tax for line in lines), ZERO),
            total=sum((line.gross for line in lines), ZERO),
            allocated=ZERO,
            credited=ZERO,
            issued_on=on,
            due_on=due_day_of(order.payment_term, issued_on=on),
            tax_title=customer.tax_title or customer.name,
            tax_number=customer.tax_number,
            created_at=by.at,
            created_by_name=by.name,
        )
        self._keep(invoice, lines)
        self._journal.note("invoice.issued", invoice.subject, by, _invoice_facts(invoice, order))
        moved = min(order.exposure, invoice.total)
        self.expose(order, -moved)
        self.account(order.buyer.pk, order.currency).receivable += invoice.total
        order.invoiced += invoice.total
        order.due_on = min(order.due_on, invoice.due_on) if order.due_on else invoice.due_on
        return invoice

    def credit(self, invoice: Invoice, *, reason: str, by: Actor) -> dict[int, Decimal]:
        """Mirror an unpaid invoice by a credit note; return the quantities by line id that come back."""
        order, on = invoice.order, day_of(by.at)
        note = Invoice(
            pk=next(self._invoice_ids),
            number=self._numbers.gapless("credit_note", prefix="CN", on=on),
            kind="credit",
            order=order,
            customer=invoice.customer,
            corrects=invoice,
            currency=invoice.currency,
            exchange_rate=invoice.exchange_rate,
            net=-invoice.net,
            tax=-invoice.tax,
            total=-invoice.total,
            allocated=ZERO,
            credited=ZERO,
            issued_on=on,
            due_on=on,
            tax_title=invoice.tax_title,
            tax_number=invoice.tax_number,
            reason=reason,
            created_at=by.at,
            created_by_name=by.name,
        )
        lines = self.lines[invoice.pk]
        self._keep(note, [line.mirrored() for line in lines])
        invoice.credited += invoice.total
        self._journal.note("invoice.credited", invoice.subject, by, _invoice_facts(note, order) | {"reason": reason})
        self.expose(order, invoice.total)
        self.account(order.buyer.pk, order.currency).receivable -= invoice.total
        order.invoiced -= invoice.total
        order.due_on = self._next_due(order)
        return {line.line.pk: line.quantity for line in lines}

    def receive(self, customer: Customer, currency: str, amount: Decimal, *, method: str, by: Actor) -> Payment:
        """Book money from a customer."""
        on = day_of(by.at)
        payment = Payment(
            pk=next(self._payment_ids),
            number=self._numbers.gapless("payment", prefix="RC", on=on),
            customer=customer,
            currency=currency,
            exchange_rate=self._rate(currency, on),
            amount=amount,
            allocated=ZERO,
            method=method,
            received_on=on,
            created_at=by.at,
            created_by_name=by.name,
        )
        self.payments.append(payment)
        facts = {"number": payment.number, "amount": str(amount), "currency": currency, "customer_id": customer.pk}
        self._journal.note("payment.registered", payment.subject, by, facts)
        self.account(customer.pk, currency).unallocated += amount
        return payment

    def allocate(self, payment: Payment, shares: Iterable[tuple[Invoice, Decimal]], *, by: Actor) -> list[Order]:
        """Let a payment pay invoices; return the orders whose money moved."""
        shares = list(shares)
        orders: dict[int, Order] = {}
        for invoice, amount in shares:
            paid, owed = payment.allocated + amount, invoice.allocated + amount
            came, worth = round_amount(payment.amount * payment.exchange_rate), self._worth(invoice)
            self.allocations.append(
                Allocation(
                    payment=payment,
                    invoice=invoice,
                    amount=amount,
                    received=_share(came, paid, payment.amount) - _share(came, payment.allocated, payment.amount),
                    settled=_share(worth, owed, invoice.total) - _share(worth, invoice.allocated, invoice.total),
                    at=by.at,
                    by_name=by.name,
                )
            )
            invoice.allocated += amount
            payment.allocated += amount
            account = self.account(payment.customer_id, payment.currency)
            account.receivable -= amount
            account.unallocated -= amount
            invoice.order.paid += amount
            invoice.order.due_on = self._next_due(invoice.order)
            orders[invoice.order_id] = invoice.order
        facts = {"number": payment.number, "invoices": {one.number: str(amount) for one, amount in shares}}
        self._journal.note("payment.allocated", payment.subject, by, facts)
        return list(orders.values())

    def write(self) -> None:
        """Write all papers and accounts."""
        copy_rows(self.invoices)
        flat = [(pk, *line.values()) for pk, lines in self.lines.items() for line in lines]
        rows = [(row_id, *values) for values, row_id in zip(flat, new_ids(InvoiceLine), strict=False)]
        copy_values(InvoiceLine._meta.db_table, LINE_COLUMNS, rows)
        CreditAccount.objects.bulk_create(self.accounts.values())
        copy_rows(self.payments)
        Allocation.objects.bulk_create(self.allocations)

    def _keep(self, invoice: Invoice, lines: list[BilledLine]) -> None:
        self.invoices.append(invoice)
        self._of_order[invoice.order_id].append(invoice)
        self._of_customer[invoice.customer_id].append(invoice)
        self.lines[invoice.pk] = lines
        for line in lines:
            gross, net = self._billed[line.line.pk]
            self._billed[line.line.pk] = (gross + line.gross, net + line.net)

    def _line(self, line: OrderLine, quantity: Decimal, currency: str) -> BilledLine:
        upto = line.invoiced + quantity
        gross_before, net_before = self._billed[line.pk]
        gross = part_of(line.gross, upto=upto, of=line.quantity, currency=currency) - gross_before
        net = part_of(line.net, upto=upto, of=line.quantity, currency=currency) - net_before
        return BilledLine(line, quantity, gross, net)

    def _worth(self, invoice: Invoice) -> Decimal:
        """Return an invoice in company currency, each line rounded once."""
        return sum((round_amount(line.gross * invoice.exchange_rate) for line in self.lines[invoice.pk]), ZERO)

    def _next_due(self, order: Order) -> date | None:
        days = [one.due_on for one in self._of_order[order.pk] if one.open_amount > 0]
        return min(days) if days else None


def _invoice_facts(invoice: Invoice, order: Order) -> dict[str, str]:
    return {
        "number": invoice.number,
        "order": order.number,
        "order_id": str(order.pk),
        "total": str(invoice.total),
        "currency": invoice.currency,
    }


def _share(whole: Decimal, upto: Decimal, of: Decimal) -> Decimal:
    return part_of(whole, upto=upto, of=of)


def _by_due_day(invoice: Invoice) -> tuple[date, int]:
    return invoice.due_on, int(invoice.pk)
