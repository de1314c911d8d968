"""How the demo company's orders begin: who orders what, how much, at which price, for when."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from shundan.accounts.models import User
from shundan.catalog.queries import SellableProduct
from shundan.exchange.demo.calendar import day_of
from shundan.exchange.demo.people import MANAGERS, SERVICE
from shundan.exchange.demo.world import Client, Good, World
from shundan.kernel.money import ZERO, exact_ratio, round_amount
from shundan.orders.actions.draft import total_up
from shundan.orders.actions.lines import LineInput, price_lines
from shundan.orders.models import Order
from shundan.workflow.queries import definition_of

LINE_COUNTS = (1, 1, 2, 2, 3, 3, 4, 4, 5, 6, 7, 8, 12)
LOOKS_AT_STOCK = 0.85
REMARKS = ("", "", "", "", "", "请随货附质检报告", "到货前电话联系", "分批发货", "加急", "Please label each carton")


def choose_client(world: World, at: datetime) -> Client:
    """Return the customer who orders now; large ones order often."""
    known = [client for client in world.clients if client.since < at]
    return world.rng.choices(known, [client.share for client in known])[0]


def enter_order(world: World, client: Client, at: datetime, *, pk: int, line_ids: list[int], number: str) -> Order:
    """Return an unsaved draft with priced lines, as the entry page would have made it."""
    rng, customer = world.rng, client.customer
    user = _clerk(world, client)
    address = client.addresses[0]
    definition = definition_of(world.workflow_id)
    order = Order(
        pk=pk,
        type=world.order_type,
        type_version_id=world.type_version_id,
        number=number,
        customer=customer,
        customer_reference=f"PO-{rng.randint(10_000, 99_999)}" if rng.random() < 0.35 else "",
        owner=user,
        team_id=user.team_id or customer.team_id,
        department_id=user.department_id or customer.department_id,
        workflow_id=world.workflow_id,
        state=definition.initial,
        category=definition.state(definition.initial).category,
        currency=customer.currency,
        includes_tax=customer.includes_tax,
        exchange_rate=world.rate(customer.currency, at),
        payment_term=customer.payment_term,
        payment_method=rng.choice(("", "bank_transfer", "bank_transfer")),
        warehouse=client.warehouse,
        allows_backorder=rng.random() < 0.15,
        ordered_on=day_of(at),
        requested_on=day_of(at + timedelta(days=rng.randint(3, 20))) if rng.random() < 0.7 else None,
        exposure=ZERO,
        invoiced=ZERO,
        paid=ZERO,
        ship_contact=address.contact_name,
        ship_phone=address.phone,
        ship_country=address.country,
        ship_province=address.province,
        ship_city=address.city,
        ship_district=address.district,
        ship_street=address.street,
        ship_postal_code=address.postal_code,
        remark=rng.choice(REMARKS),
        source="api" if rng.random() < 0.08 else "web",
        created_at=at,
        changed_at=at,
    )
    wanted = choose_lines(world, client, at)
    offers = {good.product.sku: good.offers[order.currency] for good, _line in wanted}
    lines = price_lines(
        [in_boxes(line, offers[line.sku]) for _good, line in wanted], offers, order=order, taxes=world.taxes
    )
    for line, line_id in zip(lines, line_ids, strict=False):
        line.pk, line.order = line_id, order
        for column in ("cancelled", "reserved", "picked", "shipped", "delivered", "returned", "invoiced"):
            setattr(line, column, ZERO)
    order.__dict__["loaded_lines"] = lines
    total_up(order, lines)
    return order


def in_boxes(line: LineInput, offer: SellableProduct) -> LineInput:
    """Return a line in the unit that entry begins in, where its quantity makes whole ones."""
    unit = next((one for one in offer.units if one.is_sale_default), None)
    boxes = exact_ratio(line.quantity, unit.denominator, unit.numerator, decimals=0) if unit else None
    if unit is None or not boxes:
        return line
    price = None if line.unit_price is None else line.unit_price * unit.numerator / unit.denominator
    return replace(line, quantity=boxes, unit=unit.code, unit_price=price)


def choose_lines(world: World, client: Client, at: datetime) -> list[tuple[Good, LineInput]]:
    """Return the goods a customer orders now, each once."""
    rng, currency = world.rng, client.customer.currency
    chosen: dict[int, Good] = {}
    for _try in range(rng.choice(LINE_COUNTS)):
        good = rng.choice(client.favourites if rng.random() < 0.8 else world.goods)
        if currency in good.offers and _is_sold(world, client, good, at):
            chosen[good.product.pk] = good
    chosen = chosen or {good.product.pk: good for good in client.favourites[:1]}
    return [(good, _line(world, client, good)) for good in chosen.values()]


def _is_sold(world: World, client: Client, good: Good, at: datetime) -> bool:
    """Tell whether a good is offered: not retired, and on the shelf, or nobody looked."""
    if good.leaves_at is not None and at >= good.leaves_at:
        return False
    if good.product.kind != "goods" or world.rng.random() > LOOKS_AT_STOCK:
        return True
    return world.stock.free((good.product.pk, client.warehouse.pk)) >= 1


def _line(world: World, client: Client, good: Good) -> LineInput:
    rng, offer = world.rng, good.offers[client.customer.currency]
    quantity = _quantity(world, client, good)
    list_price = offer.price(quantity) or ZERO
    price = None
    discount = ZERO
    if rng.random() < 0.2:
        price = (list_price * Decimal(str(rng.choice((0.9, 0.92, 0.95, 0.97, 0.98))))).quantize(Decimal("0.0001"))
    elif rng.random() < 0.06:
        discount = round_amount(list_price * quantity * Decimal("0.03"))
    return LineInput(sku=good.product.sku, quantity=quantity, unit_price=price, discount=discount)


def _quantity(world: World, client: Client, good: Good) -> Decimal:
    rng = world.rng
    size = client.size if good.product.kind == "goods" else 1.0
    raw = good.usual * size * rng.lognormvariate(0, 0.45)
    if good.product.unit.decimals and rng.random() < 0.25:
        return Decimal(str(round(raw, 1))) + Decimal("0.5")
    step = 10 if raw >= 60 else 5 if raw >= 20 else 1
    quantity = Decimal(max(1, round(raw / step) * step))
    free = world.stock.free((good.product.pk, client.warehouse.pk)) if good.product.kind == "goods" else quantity
    # Who sells sees the stock, and mostly offers what is there.
    return min(quantity, free) if free >= 1 and rng.random() < LOOKS_AT_STOCK else quantity


def _clerk(world: World, client: Client) -> User:
    """Return who enters the order: nearly always the customer's own representative."""
    dice = world.rng.random()
    if dice < 0.06:
        return world.people[SERVICE]
    if dice < 0.09:
        return world.people[MANAGERS["sales-2" if client.warehouse.code != "MAIN" else "sales-1"]]
    return client.rep
