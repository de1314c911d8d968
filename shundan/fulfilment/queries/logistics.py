"""Figures of logistics: how many parcels came in time, how long they took, what they cost, what went wrong."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import (
    Avg,
    Case,
    Count,
    DecimalField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Coalesce, NullIf, Round, TruncDate
from django.utils.translation import gettext_lazy as _

from shundan.catalog.models import ExchangeRate
from shundan.catalog.queries import COMPANY_CURRENCY
from shundan.fulfilment.models import DeliveryProblem, Waybill
from shundan.fulfilment.registries import CARRIERS
from shundan.fulfilment.scopes import visible_waybills
from shundan.kernel.actor import Actor
from shundan.kernel.addresses import HOME
from shundan.kernel.errors import Detail, Malformed, NotFound, require
from shundan.kernel.money import ZERO

CARRIER, REGION = "carrier", "region"
LOGISTICS_REPORTS = (CARRIER, REGION)
USUAL_SPAN, LONGEST_SPAN = timedelta(days=90), timedelta(days=3660)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LogisticsFigures:
    """What is known of what one carrier took, or of what went to one region.

    `key` is the carrier's code, or that of our own or file-based account, whose `name` then says what it is called; or
    the province, abroad the country. It is empty in the total and where none is known.

    `judged` are the waybills with a promised day that were delivered, or whose day is over; `in_time` of them arrived
    on it or before. `days` is the mean time from shipping to delivery. `cost` in company currency, as far as it is
    known: of `costed` waybills; freight in another currency counts at the rate of the day on which the carrier took the
    goods, and is not known where there was none. `problems` are waybills with at least one.
    """

    key: str
    name: str
    waybills: int
    parcels: int
    delivered: int
    judged: int
    in_time: int
    days: Decimal | None
    cost: Decimal
    costed: int
    weight: Decimal
    problems: int

    @property
    def in_time_share(self) -> Decimal | None:
        """Return the part of 1 that came in time."""
        if not self.judged:
            return None
        return (Decimal(self.in_time) / self.judged).quantize(Decimal("0.0001"), ROUND_HALF_UP)

    @property
    def cost_each(self) -> Decimal | None:
        """Return what a waybill of known cost cost on the average."""
        return (self.cost / self.costed).quantize(Decimal("0.01"), ROUND_HALF_UP) if self.costed else None


@dataclass(frozen=True, slots=True)
class LogisticsReport:
    """Figures by group, those with most waybills first, and of all together."""

    group: str
    since: date
    until: date
    rows: list[LogisticsFigures]
    total: LogisticsFigures


def logistics_report(
    *, by: Actor, since: date | None = None, until: date | None = None, group: str = CARRIER
) -> LogisticsReport:
    """Return figures of what was given to carriers on these days (both included), by default the last 90.

    Raises: NotPermitted, NotFound for an unknown group, Malformed for days that cannot be.
    """
    require(by, "shipment.read")
    if group not in LOGISTICS_REPORTS:
        raise NotFound(what="report", key=group[:50])
    until = min(until or by.today, by.today)
    since = since or until - USUAL_SPAN + _DAY
    if since > until or until - since > LONGEST_SPAN:
        sentence = _("The first day must not be after the last, nor ten years away.")
        raise Malformed(details=[Detail("since", "out_of_range", sentence)])
    rows = _grouped(_of_days(since, until, by), group)
    grouped = _figures(rows.values("key", "name"), by).order_by("-waybills", "key", "name")
    total = _figures(rows.values(key=Value(""), name=Value("")), by)
    return LogisticsReport(
        group=group,
        since=since,
        until=until,
        rows=[_row(one) for one in grouped],
        total=next((_row(one) for one in total), _row({})),
    )


def _of_days(since: date, until: date, by: Actor) -> QuerySet[Waybill]:
    zone = by.company_zone
    begin = datetime.combine(since, time.min, tzinfo=zone)
    end = datetime.combine(until, time.min, tzinfo=zone) + _DAY
    rows = visible_waybills(by).filter(state="booked", booked_at__gte=begin, booked_at__lt=end).order_by()
    # Days are the company's, wherever a carrier's clock stands.
    days = {name: TruncDate(f"{name[:-3]}_at", tzinfo=zone) for name in ("booked_on", "delivered_on", "promised_on")}
    return rows.annotate(**days).annotate(worth=_worth())


def _worth() -> Case:
    """Return the freight in company currency, nothing where it is not known in it."""
    rates = ExchangeRate.objects.filter(currency=OuterRef("currency"), valid_from__lte=OuterRef("booked_on"))
    rate = Subquery(rates.order_by("-valid_from").values("rate")[:1])
    foreign = Round(F("cost") * rate, precision=2)
    amount: DecimalField[Any, Any] = DecimalField(max_digits=20, decimal_places=2)
    return Case(When(currency=COMPANY_CURRENCY, then=F("cost")), default=foreign, output_field=amount)


def _grouped(rows: QuerySet[Waybill], group: str) -> Any:
    """Return the rows with what they are grouped by (Any: a queryset with annotations)."""
    text, nothing = TextField(), Value("", output_field=TextField())
    if group == CARRIER:
        # Several haulers exchange files with us, and our own vans have no name but the account's.
        local = Q(account__carrier__in=[code for code, one in CARRIERS.items() if not one.is_remote])
        return rows.annotate(
            key=Case(When(local, then=F("account__code")), default=F("account__carrier"), output_field=text),
            name=Case(When(local, then=F("account__name")), default=nothing, output_field=text),
        )
    order = "shipment__order__"
    abroad = ~Q(**{f"{order}ship_country__in": ("", HOME)})
    # Provinces of other countries have the names of anything; what goes to our own warehouse has no other address.
    home = Coalesce(NullIf(f"{order}ship_province", nothing), f"{order}target_warehouse__province", nothing)
    return rows.annotate(
        key=Case(When(abroad, then=F(f"{order}ship_country")), default=home, output_field=text), name=nothing
    )


def _figures(rows: Any, by: Actor) -> Any:
    """Return the figures of each group (Any: a queryset of dictionaries)."""
    problem = DeliveryProblem.objects.filter(waybill_id=OuterRef("pk"))
    done = Q(delivered_at__isnull=False)
    # What never arrived was not in time, once its day is over.
    judged = Q(promised_on__isnull=False) & (done | Q(promised_on__lt=by.today))
    known = Q(worth__isnull=False)
    took = ExpressionWrapper(F("delivered_at") - F("shipment__shipped_at"), output_field=DurationField())
    return rows.annotate(
        waybills=Count("pk"),
        pieces=Sum("parcels"),
        delivered=Count("pk", filter=done),
        judged=Count("pk", filter=judged),
        in_time=Count("pk", filter=judged & Q(delivered_on__lte=F("promised_on"))),
        took=Avg(took, filter=done),
        spent=Sum("worth"),
        costed=Count("pk", filter=known),
        heavy=Sum("weight"),
        wrong=Count("pk", filter=Exists(problem)),
    )


def _row(one: dict[str, Any]) -> LogisticsFigures:
    """Return one row (Any: a dictionary of a queryset)."""
    took = one.get("took")
    days = None if took is None else Decimal(took // timedelta(microseconds=1)) / (_DAY // timedelta(microseconds=1))
    return LogisticsFigures(
        key=one.get("key") or "",
        name=one.get("name") or "",
        waybills=one.get("waybills") or 0,
        parcels=one.get("pieces") or 0,
        delivered=one.get("delivered") or 0,
        judged=one.get("judged") or 0,
        in_time=one.get("in_time") or 0,
        days=None if days is None else days.quantize(Decimal("0.1"), ROUND_HALF_UP),
        cost=one.get("spent") or ZERO,
        costed=one.get("costed") or 0,
        weight=one.get("heavy") or ZERO,
        problems=one.get("wrong") or 0,
    )
