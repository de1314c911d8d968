"""The demo company's days, second half: goods come in, go out, are invoiced and paid, or not."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial

from shundan.billing.models import Invoice
from shundan.exchange.copying import new_ids
from shundan.exchange.demo.calendar import at_work, day_of, workdays_later
from shundan.exchange.demo.people import FINANCE, WAREHOUSE
from shundan.exchange.demo.trade import Trade, part
from shundan.exchange.demo.world import World
from shundan.fulfilment.models import Shipment, ShipmentLine
from shundan.kernel.money import ZERO
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries import backordered_of, invoiceable_of, lines_of

# Codes of the carriers that the shipping page offers, so that each reader sees their name in their own language.
CARRIERS = (("sf", "SF1"), ("deppon", "DPK"), ("zto", "7"), ("jd", "JD"), ("", ""))
METHODS = ("bank_transfer", "bank_transfer", "bank_transfer", "acceptance_draft", "cheque", "wechat_pay", "alipay")
CREDIT_REASONS = ("抬头开错，红冲重开", "税号有误，红冲重开", "客户要求拆分开票")
SHIPMENT_LINE_COLUMNS = "id shipment_id order_line_id quantity".split()
CLOSE_REASONS = ("客户不再需要余量", "供应商停产，关闭余量")
HALF = Decimal("0.5")


class Delivery(Trade):
    """Takes confirmed orders to their end."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.shipments: list[Shipment] = []
        self.shipment_lines: list[tuple[int, int, int, Decimal]] = []
        self._shipment_ids, self._shipment_line_ids = new_ids(Shipment), new_ids(ShipmentLine)
        self._tardiness = {client.customer.pk: client.tardiness for client in world.clients}

    def on_confirmed(self, order: Order, at: datetime) -> None:
        """Plan the first shipment; an order of services alone is invoiced at once."""
        rng = self.world.rng
        if any(line.is_stocked for line in lines_of(order)):
            self.world.clock.plan(
                workdays_later(rng, at, 0, 3), partial(self._pick, order, in_parts=rng.random() < 0.16)
            )
            if rng.random() < 0.025:
                self.world.clock.plan(at + timedelta(minutes=rng.randint(20, 400)), partial(self.hold, order))
        else:
            self.world.clock.plan(workdays_later(rng, at, 1, 10), partial(self._invoice, order))

    def _pick(self, order: Order, at: datetime, *, in_parts: bool = False) -> None:
        if order.state not in ("confirmed", "in_progress"):
            return
        rng = self.world.rng
        if order.holds:
            self.world.clock.plan(workdays_later(rng, at, 1, 3), partial(self._pick, order, in_parts=in_parts))
            return
        ready = [line for line in lines_of(order) if line.reserved > line.picked]
        if not ready:
            self._plan_rest(order, at)
            return
        chosen = {line: line.reserved - line.picked for line in ready}
        if in_parts:
            some = {line: part(quantity, HALF) for line, quantity in chosen.items() if rng.random() < 0.6}
            chosen = some or chosen
        by = self.world.actor(WAREHOUSE, at)
        carrier, prefix = rng.choice(CARRIERS)
        shipment = Shipment(
            pk=next(self._shipment_ids),
            number=self.world.numbers.spaced("shipment", prefix="SH", on=day_of(at)),
            order=order,
            warehouse=order.warehouse,
            carrier=carrier,
            tracking_number=f"{prefix}{rng.randrange(10**12):012d}" if prefix else "",
            created_at=at,
            created_by_name=by.name,
        )
        self.shipments.append(shipment)
        self.shipment_lines += [
            (next(self._shipment_line_ids), shipment.pk, line.pk, quantity) for line, quantity in chosen.items()
        ]
        self.world.journal.note("shipment.planned", shipment.subject, by, _shipment_facts(shipment))
        for line, quantity in chosen.items():
            line.picked += quantity
            self.world.stock.pick(line, quantity, shipment_id=shipment.pk)
        self.progress(order, by=by)
        if rng.random() < 0.01:
            self.world.clock.plan(at + timedelta(minutes=40), partial(self._put_back, shipment, chosen))
        else:
            later = (
                at + timedelta(minutes=rng.randint(25, 240)) if rng.random() < 0.8 else workdays_later(rng, at, 1, 1)
            )
            self.world.clock.plan(later, partial(self._ship, shipment, chosen))

    def _put_back(self, shipment: Shipment, chosen: dict[OrderLine, Decimal], at: datetime) -> None:
        by = self.world.actor(WAREHOUSE, at)
        shipment.state = "cancelled"
        self.world.journal.note("shipment.cancelled", shipment.subject, by, _shipment_facts(shipment))
        for line, quantity in chosen.items():
            line.picked -= quantity
            self.world.stock.put_back(line, shipment_id=shipment.pk)
        self.progress(shipment.order, by=by)
        self.world.clock.plan(workdays_later(self.world.rng, at, 1, 2), partial(self._pick, shipment.order))

    def _ship(self, shipment: Shipment, chosen: dict[OrderLine, Decimal], at: datetime) -> None:
        order, rng = shipment.order, self.world.rng
        if order.holds:
            self.world.clock.plan(workdays_later(rng, at, 1, 2), partial(self._ship, shipment, chosen))
            return
        by = self.world.actor(WAREHOUSE, at)
        shipment.state, shipment.shipped_at = "shipped", at
        self.world.journal.note("shipment.shipped", shipment.subject, by, _shipment_facts(shipment))
        for line, quantity in sorted(chosen.items(), key=lambda item: item[0].pk):
            line.shipped += quantity
            line.picked -= quantity
            line.reserved -= quantity
            self.world.stock.issue(line, quantity, shipment_id=shipment.pk, by=by)
        self.progress(order, by=by)
        if rng.random() < 0.93:
            self.world.clock.plan(workdays_later(rng, at, 1, 5), partial(self._deliver, shipment, chosen))
        self.world.clock.plan(workdays_later(rng, at, 0, 6), partial(self._invoice, order))
        self._plan_rest(order, at)

    def _deliver(self, shipment: Shipment, chosen: dict[OrderLine, Decimal], at: datetime) -> None:
        by = self.world.actor(WAREHOUSE, at)
        shipment.state, shipment.delivered_at = "delivered", at
        self.world.journal.note("shipment.delivered", shipment.subject, by, _shipment_facts(shipment))
        for line, quantity in chosen.items():
            line.delivered += quantity
        self.progress(shipment.order, by=by)

    def _plan_rest(self, order: Order, at: datetime) -> None:
        rng = self.world.rng
        left = [line for line in lines_of(order) if line.is_stocked and line.quantity - line.cancelled > line.shipped]
        if not left:
            return
        if any(line.shipped for line in lines_of(order)) and rng.random() < 0.1:
            self.world.clock.plan(workdays_later(rng, at, 8, 20), partial(self._close, order))
        else:
            self.world.clock.plan(workdays_later(rng, at, 2, 7), partial(self._fill_up, order))

    def _fill_up(self, order: Order, at: datetime) -> None:
        if order.state not in ("confirmed", "in_progress"):
            return
        if any(backordered_of(order).values()):
            self.world.stock.reserve(order, at=at, partly=True)
            self.progress(order, by=self.owner(order, at))
        self._pick(order, at)

    def _close(self, order: Order, at: datetime) -> None:
        if order.state not in ("confirmed", "in_progress") or any(line.picked for line in lines_of(order)):
            return
        by, reason = self.owner(order, at), self.world.rng.choice(CLOSE_REASONS)
        for line in lines_of(order):
            self.world.stock.release(line)
            done = line.shipped if line.is_stocked else line.invoiced
            line.cancelled = line.quantity - done
        kept = sum((self.world.books.owed_of(line, order.currency) for line in lines_of(order)), ZERO)
        self.world.books.expose(order, kept - order.exposure)
        self.step(order, "close", by=by, inputs={"reason": reason})

    def _invoice(self, order: Order, at: datetime) -> None:
        if order.state not in ("confirmed", "in_progress", "completed", "closed"):
            return
        rng = self.world.rng
        if order.holds:
            self.world.clock.plan(workdays_later(rng, at, 2, 4), partial(self._invoice, order))
            return
        free = {line: quantity for line, quantity in invoiceable_of(order).items() if quantity > 0}
        if not free:
            return
        if rng.random() < 0.06 and any(quantity > 1 for quantity in free.values()):
            free = {line: part(quantity, HALF) for line, quantity in free.items()}
            self.world.clock.plan(workdays_later(rng, at, 4, 12), partial(self._invoice, order))
        by = self.world.actor(FINANCE, at)
        invoice = self.world.books.issue(order, free, by=by)
        for line, quantity in free.items():
            line.invoiced += quantity
        self.progress(order, by=by)
        if rng.random() < 0.015:
            self.world.clock.plan(workdays_later(rng, at, 1, 6), partial(self._credit, invoice))
        else:
            self._plan_payment(invoice)

    def _credit(self, invoice: Invoice, at: datetime) -> None:
        if invoice.allocated:
            return
        by, order = self.world.actor(FINANCE, at), invoice.order
        back = self.world.books.credit(invoice, reason=self.world.rng.choice(CREDIT_REASONS), by=by)
        for line in lines_of(order):
            line.invoiced -= back.get(line.pk, ZERO)
        self.progress(order, by=by)
        self.world.clock.plan(workdays_later(self.world.rng, at, 0, 2), partial(self._invoice, order))

    def _plan_payment(self, invoice: Invoice) -> None:
        rng = self.world.rng
        if rng.random() < 0.012:
            return
        late = rng.random() < self._tardiness[invoice.customer_id] * 1.6
        days = rng.randint(4, 55) if late else rng.randint(-6, 2)
        day = max(invoice.issued_on, _workday(invoice.due_on + timedelta(days=days)))
        self.world.clock.plan(at_work(rng, day, after=invoice.created_at), partial(self._pay, invoice))

    def _pay(self, invoice: Invoice, at: datetime) -> None:
        rng, books = self.world.rng, self.world.books
        if invoice.open_amount <= 0:
            return
        by = self.world.actor(FINANCE, at)
        due = [invoice]
        if rng.random() < 0.3:
            due += [
                one
                for one in books.open_of(invoice.customer_id, invoice.currency)
                if one is not invoice and one.due_on <= day_of(at)
            ]
        shares = [(one, one.open_amount) for one in due]
        if len(due) == 1 and rng.random() < 0.07:
            shares = [(invoice, part(invoice.open_amount, HALF))]
            self.world.clock.plan(workdays_later(rng, at, 5, 30), partial(self._pay, invoice))
        extra = Decimal(rng.choice((100, 200, 500))) if rng.random() < 0.012 else ZERO
        amount = sum((share for _one, share in shares), ZERO) + extra
        payment = books.receive(invoice.customer, invoice.currency, amount, method=rng.choice(METHODS), by=by)
        for order in books.allocate(payment, shares, by=by):
            self.progress(order, by=by)


def _workday(day: date) -> date:
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= 5 else 0)


def _shipment_facts(shipment: Shipment) -> dict[str, str]:
    return {
        "number": shipment.number,
        "order": shipment.order.number,
        "order_id": str(shipment.order_id),
        "state": shipment.state,
        "carrier": shipment.carrier,
        "tracking_number": shipment.tracking_number,
    }
