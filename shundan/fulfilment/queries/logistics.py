"""Figures of logistics: how many parcels came in time, how long they took, what they cost, what went wrong."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, Sum
from django.db.models.functions import TruncDate

from shundan.fulfilment.models import DeliveryProblem
from shundan.fulfilment.scopes import visible_waybills
from shundan.kernel.actor import Actor
from shundan.kernel.errors import require
from shundan.kernel.money import ZERO

CARRIER, REGION = "carrier", "region"
GROUPS = {CARRIER: "account__carrier", REGION: "shipment__order__ship_province"}
# Costs in other currencies are not added to those in ours.
CURRENCY = "CNY"


@dataclass(frozen=True, slots=True)
class LogisticsFigures:
    """What is known of the parcels of one carrier or region; `name` is empty in the total and where none is known.

    `judged` are those delivered that had a promised day; `in_time` of them arrived on it or before. `days` is the mean
    time from shipping to delivery. `cost` in company currency.
    """

    name: str
    parcels: int
    delivered: int
    judged: int
    in_time: int
    days: Decimal | None
    cost: Decimal
    weight: Decimal
    problems: int

    @property
    def in_time_share(self) -> Decimal | None:
        """Return the part of 1 that came in time."""
        return Decimal(self.in_time) / self.judged if self.judged else None


@dataclass(frozen=True, slots=True)
class LogisticsReport:
    """Figures by group, those with most parcels first, and of all together."""

    since: date
    until: date
    rows: list[LogisticsFigures]
    total: LogisticsFigures


def logistics_report(*, by: Actor, since: date, until: date, group: str = CARRIER) -> LogisticsReport:
    """Return figures of what was given to carriers on these days (both included). Raises: NotPermitted."""
    require(by, "shipment.read")
    zone = by.company_zone
    begin = datetime.combine(since, time.min, tzinfo=zone)
    end = datetime.combine(until + timedelta(days=1), time.min, tzinfo=zone)
    rows = visible_waybills(by).filter(state="booked", booked_at__gte=begin, booked_at__lt=end)
    # Days are the company's, wherever a carrier's clock stands.
    rows = rows.annotate(
        delivered_on=TruncDate("delivered_at", tzinfo=zone), promised_on=TruncDate("promised_at", tzinfo=zone)
    )
    column = GROUPS.get(group, GROUPS[CARRIER])
    grouped = _figures(rows.order_by().values(name=F(column))).order_by("-parcels", "name")
    total = _figures(rows.order_by().values(name=F("state")))
    return LogisticsReport(
        since=since,
        until=until,
        rows=[_row(one["name"], one) for one in grouped],
        total=next((_row("", one) for one in total), _row("", {})),
    )


def _figures(rows: Any) -> Any:
    """Return the figures of each group (Any: a queryset of dictionaries)."""
    problem = DeliveryProblem.objects.filter(waybill_id=OuterRef("pk"))
    done = Q(delivered_at__isnull=False)
    judged = done & Q(promised_at__isnull=False)
    return rows.annotate(
        parcels=Count("pk"),
        delivered=Count("pk", filter=done),
        judged=Count("pk", filter=judged),
        in_time=Count("pk", filter=judged & Q(delivered_on__lte=F("promised_on"))),
        took=Avg(
            ExpressionWrapper(F("delivered_at") - F("shipment__shipped_at"), output_field=DurationField()), filter=done
        ),
        spent=Sum("cost", filter=Q(currency=CURRENCY)),
        heavy=Sum("weight"),
        wrong=Count("pk", filter=Exists(problem)),
    )


def _row(name: object, one: dict[str, object]) -> LogisticsFigures:
    took = one.get("took")
    days = None
    if isinstance(took, timedelta):
        days = (Decimal(took.total_seconds()) / 86_400).quantize(Decimal("0.1"))
    return LogisticsFigures(
        name=str(name or ""),
        parcels=_count(one, "parcels"),
        delivered=_count(one, "delivered"),
        judged=_count(one, "judged"),
        in_time=_count(one, "in_time"),
        days=days,
        cost=_sum(one, "spent"),
        weight=_sum(one, "heavy"),
        problems=_count(one, "wrong"),
    )


def _count(one: dict[str, object], name: str) -> int:
    found = one.get(name)
    return found if isinstance(found, int) else 0


def _sum(one: dict[str, object], name: str) -> Decimal:
    found = one.get(name)
    return found if isinstance(found, Decimal) else ZERO
