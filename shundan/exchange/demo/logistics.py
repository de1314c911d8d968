"""The demo company's parcels: accounts with carriers, waybills of the last weeks, their ways, and what goes wrong."""

from dataclasses import asdict
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from shundan.fulfilment.actions import CarrierAccountInput, save_carrier_account
from shundan.fulfilment.models import CarrierAccount, DeliveryProblem, Shipment, TrackingScan, Waybill
from shundan.fulfilment.registries import Cargo, Consignment, Place
from shundan.kernel.actor import Actor

RECENT = timedelta(days=75)
# What went wrong longer ago than this is dealt with.
SOON = timedelta(days=7)
SENDER = Place(company="顺单贸易有限公司", contact="马军", phone="021-69150000", province="上海市", city="上海市",
               district="嘉定区", street="马陆镇丰登路 600 号", postal_code="201801")  # fmt: skip
# Nobody pays for the demo: accounts of real carriers are shown with what happened, and are not in use.
ACCOUNTS: tuple[tuple[str, str, str, dict[str, str], bool], ...] = (
    ("fleet", "fleet", "自有车队", {"first_weight": "50", "first_price": "60", "further_price": "0.4"}, True),
    ("pickup", "pickup", "上海仓自提", {}, True),
    ("anneng", "file", "安能物流（文件）", {"first_weight": "30", "first_price": "45", "further_price": "1.2"}, True),
    ("sf", "sf", "顺丰月结（演示）", {"partner_id": "DEMO", "check_word": "demo", "monthly_card": "0210000000"}, False),
    ("jd", "jd", "京东物流（演示）", {"app_key": "demo", "app_secret": "demo", "access_token": "demo",
                                   "customer_code": "020K000000"}, False),
    ("zto", "zto", "中通（演示）", {"app_key": "demo", "app_secret": "demo", "account_id": "demo",
                                 "account_password": "demo"}, False),
)  # fmt: skip
# By the carrier of the shipment: the account that took it.
TAKERS = {"sf": "sf", "zto": "zto", "": "fleet", "deppon": "anneng", "jd": "jd"}
VEHICLES = (("沪A·D8215", "陈师傅 13816620045"), ("沪B·73K19", "刘师傅 13917304412"))
DAYS = {"sf": 5, "jd": 4, "zto": 5, "fleet": 5, "anneng": 6}


def give_to_carriers(rng: Random, *, now: datetime, by: Actor) -> None:
    """Set up accounts, and give the shipments of the last weeks to them with all that happened since."""
    accounts: dict[str, CarrierAccount] = {}
    for code, carrier, name, settings, is_active in ACCOUNTS:
        given = CarrierAccountInput(
            code=code, carrier=carrier, name=name, settings=settings, sender=SENDER, is_active=is_active,
            services=("1", "2") if carrier == "sf" else (),
        )  # fmt: skip
        accounts[code] = save_carrier_account(given, by=by, is_new=True)
    rows = Shipment.objects.filter(state__in=("shipped", "delivered"), shipped_at__gte=now - RECENT, is_history=False)
    shipments = list(rows.exclude(order__kind="transfer").select_related("order__customer").order_by("id"))
    waybills = [_waybill(one, accounts[TAKERS.get(one.carrier, "anneng")], rng) for one in shipments]
    Waybill.objects.bulk_create(waybills)
    scans = [scan for waybill in waybills for scan in _way(waybill, rng, now)]
    Waybill.objects.bulk_update(waybills, ["tracking", "tracked_at", "delivered_at"])
    TrackingScan.objects.bulk_create(scans)
    DeliveryProblem.objects.bulk_create(_problems(waybills, now))


def _waybill(shipment: Shipment, account: CarrierAccount, rng: Random) -> Waybill:
    order, shipped = shipment.order, shipment.shipped_at
    assert shipped is not None
    weight = Decimal(rng.randint(8, 900)) / 10
    vehicle, driver = rng.choice(VEHICLES) if account.code == "fleet" else ("", "")
    consignment = Consignment(
        order_key=shipment.number,
        service="2" if account.code == "sf" else "",
        sender=SENDER,
        receiver=Place(company=order.party_name, contact=order.ship_contact, phone=order.ship_phone,
                       country=order.ship_country, province=order.ship_province, city=order.ship_city,
                       district=order.ship_district, street=order.ship_street),
        parcels=rng.randint(1, 4),
        weight=weight,
        cargo=(Cargo("工业备件", Decimal(1)),),
        vehicle=vehicle,
        driver=driver,
    )  # fmt: skip
    promised = (shipped + timedelta(days=DAYS[account.code])).replace(hour=10, minute=0, second=0, microsecond=0)
    return Waybill(
        shipment=shipment,
        account=account,
        order_key=shipment.number,
        service=consignment.service,
        state="booked",
        parcels=consignment.parcels,
        weight=weight,
        consignment=asdict(consignment),
        tracking_number=shipment.tracking_number or shipment.number,
        cost=(Decimal(18) + weight * Decimal("1.6")).quantize(Decimal("0.01")),
        promised_at=promised,
        expected_at=promised,
        created_at=shipped - timedelta(hours=1),
        created_by_name=shipment.created_by_name,
        booked_at=shipped - timedelta(minutes=50),
    )


def _way(waybill: Waybill, rng: Random, now: datetime) -> list[TrackingScan]:
    shipment = waybill.shipment
    shipped, done = shipment.shipped_at, shipment.delivered_at
    assert shipped is not None
    town = shipment.order.ship_city or "上海市"
    reached = done or shipped + timedelta(days=2)
    way = reached - shipped
    steps = [
        (shipped + way * 0.1, "accepted", "已收取快件", "上海市"),
        (shipped + way * 0.4, "in_transit", "快件已发往目的地", "上海转运中心"),
    ]
    if done is not None:
        steps.append((shipped + way * 0.9, "out_for_delivery", "正在派送途中，请保持电话畅通", town))
        steps.append((done, "delivered", "已签收，签收人：前台", town))
    elif rng.random() < 0.25 and shipped < now - timedelta(days=2):
        steps.append((shipped + timedelta(hours=30), "exception", "派送不成功：收件人电话无人接听", town))
    steps = [step for step in steps if step[0] <= now]
    if steps:
        waybill.tracking, waybill.tracked_at = steps[-1][1], steps[-1][0]
        waybill.delivered_at = done
    source = "person" if waybill.account.code == "fleet" else "file" if waybill.account.code == "anneng" else "push"
    return [
        TrackingScan(waybill=waybill, at=at, state=state, text=text, place=place, source=source, noted_at=at,
                     fingerprint=f"demo-{at.isoformat()}-{state}")
        for at, state, text, place in steps
    ]  # fmt: skip


def _problems(waybills: list[Waybill], now: datetime) -> list[DeliveryProblem]:
    """Open what the hourly look would have opened: exceptions and silence; what is older than a week is dealt with."""
    found = []
    for one in waybills:
        if one.tracked_at is None:
            continue
        if one.tracking == "exception":
            note = "派送不成功：收件人电话无人接听"
            found.append(DeliveryProblem(waybill=one, kind="exception", note=note, opened_at=one.tracked_at))
        elif one.delivered_at is None and one.tracked_at < now - timedelta(hours=72):
            opened = min(now, one.tracked_at + timedelta(hours=72))
            found.append(DeliveryProblem(waybill=one, kind="stuck", opened_at=opened))
    for problem in found:
        if problem.opened_at < now - SOON:
            problem.resolved_at, problem.resolved_by_name = problem.opened_at + timedelta(hours=20), "马军"
            problem.answer = "已联系承运商和客户，改约时间"
    return found
