"""Price lists, promotions, coupons and limits of the demo company, and orders that they meet in."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from shundan.accounts.models import User
from shundan.accounts.queries import actor_of_user
from shundan.exchange.demo.calendar import day_of
from shundan.exchange.demo.people import FINANCE, MANAGERS
from shundan.exchange.demo.world import Client, Good, World
from shundan.kernel.actor import Actor
from shundan.orders.actions import LineInput, OrderInput, create_order, move_order
from shundan.pricing.actions import (
    ItemInput,
    LimitInput,
    PriceListInput,
    PromotionInput,
    TargetInput,
    add_coupon,
    draw_coupons,
    save_limits,
    save_price_list,
    save_promotion,
)

DEALERS = "经销商"
CENT = Decimal("0.01")


def keep_prices(world: World, *, now: datetime) -> None:
    """Keep lists for dealers and one customer, promotions of every kind, coupons, and what reps may grant."""
    finance, manager = (_person(world.people[email], now) for email in (FINANCE, MANAGERS["sales-1"]))
    dealer = next(client for client in world.clients if DEALERS in client.customer.tags and not client.is_abroad)
    goods = [good for good in world.goods if good.leaves_at is None and good.product.kind == "goods"]
    fasteners = [good for good in goods if good.product.category and good.product.category.code == "FAS"]
    _keep_lists(dealer, goods, by=manager)
    _keep_promotions(fasteners, goods, now=now, by=manager)
    save_limits([LimitInput(role="rep", most_discount=Decimal(10), least_margin=Decimal(5))], by=finance)
    lines = [*fasteners[:2], *(good for good in goods if good not in fasteners)][:4]
    wanted = tuple(LineInput(sku=good.product.sku, quantity=Decimal(24)) for good in lines)
    create_order(
        OrderInput(customer=dealer.customer.number, lines=wanted, discount_percent=Decimal(2), remark="按经销商价报价"),
        by=_person(dealer.rep, now),
    )
    _keep_coupons(world, lines, now=now, by=manager)


def _keep_coupons(world: World, goods: list[Good], *, now: datetime, by: Actor) -> None:
    """Keep a code that many share, used by orders of two customers, and a batch of which one code is used."""
    today = day_of(now)
    welcome = PromotionInput(
        code="WELCOME",
        name_zh="新客满千减五十",
        name_en="50 off the first 1,000",
        kind="over_amount",
        least_amount=Decimal(1000),
        amount=Decimal(50),
        valid_from=today - timedelta(days=10),
        valid_to=today + timedelta(days=80),
        needs_code=True,
        most_uses=200,
        most_uses_each=1,
    )
    fair = PromotionInput(
        code="FAIR",
        name_zh="展会九五折券",
        name_en="5 % for visitors of the fair",
        kind="percent",
        percent=Decimal(5),
        valid_to=today + timedelta(days=30),
        needs_code=True,
    )
    for one in (welcome, fair):
        save_promotion(one, version=None, by=by)
    add_coupon("WELCOME", "WELCOME-50", by=by)
    drawn = [one.code for one in draw_coupons("FAIR", 40, by=by)]
    *clients, last = [one for one in world.clients if not one.is_abroad and DEALERS not in one.customer.tags][:4]
    wanted = tuple(LineInput(sku=good.product.sku, quantity=Decimal(60)) for good in goods)
    for client, code in zip(clients, ("WELCOME-50", "WELCOME-50", drawn[0]), strict=True):
        given = OrderInput(customer=client.customer.number, lines=wanted, coupon=code)
        order = create_order(given, by=_person(client.rep, now))
        move_order(order.number, "submit", by=_person(client.rep, now))
    # A draft that still lacks goods for its coupon.
    few = (replace(wanted[0], quantity=Decimal(1)),)
    small = OrderInput(customer=last.customer.number, lines=few, coupon="WELCOME-50")
    create_order(small, by=_person(last.rep, now))


def _person(user: User, now: datetime) -> Actor:
    found = actor_of_user(user.pk, door="web", at=now)
    assert found is not None
    return found.actor


def _keep_lists(dealer: Client, goods: list[Good], *, by: Actor) -> None:
    steps = [
        ItemInput(sku=good.product.sku, value=(price * share).quantize(CENT), min_quantity=Decimal(least))
        for good in goods[:6]
        if (price := _price_of(good)) is not None
        for least, share in ((0, Decimal("0.90")), (50, Decimal("0.86")), (200, Decimal("0.82")))
    ]
    everything = ItemInput(method="percent", value=Decimal(5))
    electrical = ItemInput(category="ELE", method="percent", value=Decimal(8))
    dealers = PriceListInput(
        code="DEALER",
        name_zh="经销商价",
        name_en="Dealer prices",
        tags=(DEALERS,),
        items=(everything, electrical, *steps),
    )
    save_price_list(dealers, version=None, by=by)
    own = [
        ItemInput(sku=good.product.sku, value=(price * Decimal("0.88")).quantize(CENT))
        for good in goods[6:12]
        if (price := _price_of(good)) is not None
    ]
    agreed = PriceListInput(
        code=f"OWN-{dealer.customer.number}",
        name_zh="年度协议价",
        name_en="Prices of the yearly agreement",
        numbers=(dealer.customer.number,),
        rank=10,
        items=tuple(own),
    )
    save_price_list(agreed, version=None, by=by)


def _keep_promotions(fasteners: list[Good], goods: list[Good], *, now: datetime, by: Actor) -> None:
    today = day_of(now)
    free = PromotionInput(
        code="FAS-11",
        name_zh="紧固件买十送一",
        name_en="Fasteners: buy ten, get one",
        kind="buy_get",
        buy_quantity=Decimal(10),
        free_quantity=Decimal(1),
        targets=tuple(TargetInput(sku=good.product.sku) for good in fasteners[:5]),
        valid_from=today - timedelta(days=20),
        valid_to=today + timedelta(days=40),
    )
    amount = PromotionInput(
        code="FULL-5000",
        name_zh="满五千减两百",
        name_en="200 off each 5,000",
        kind="over_amount",
        least_amount=Decimal(5000),
        amount=Decimal(200),
        repeats=True,
        valid_from=today - timedelta(days=5),
    )
    bundle = PromotionInput(
        code="STARTER",
        name_zh="开工套装",
        name_en="Starter set",
        kind="bundle",
        amount=Decimal("99.00"),
        is_exclusive=True,
        targets=tuple(TargetInput(sku=good.product.sku, quantity=Decimal(1)) for good in goods[12:15]),
    )
    past = PromotionInput(
        code="SUMMER",
        name_zh="夏季清仓",
        name_en="Summer clearance",
        kind="percent",
        percent=Decimal(15),
        targets=(TargetInput(category="PPE"),),
        valid_from=today - timedelta(days=150),
        valid_to=today - timedelta(days=90),
        status="retired",
    )
    for one in (free, amount, bundle, past):
        save_promotion(one, version=None, by=by)


def _price_of(good: Good) -> Decimal | None:
    offer = good.offers.get("CNY")
    return offer.first_price() if offer else None
