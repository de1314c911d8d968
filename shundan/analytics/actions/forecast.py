"""Forecasting demand as a job, and asking for what the forecast proposes."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from shundan.analytics.forecasting import Outlook, forecast_all
from shundan.analytics.models import Forecast, ForecastRun
from shundan.analytics.queries.forecasts import forecast_proposals
from shundan.analytics.rules import months_between
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, require
from shundan.kernel.events import record
from shundan.kernel.money import ZERO
from shundan.purchasing.actions import DemandMet, PurchaseRequestInput, RequestedLine, request_purchase
from shundan.purchasing.queries import PurchaseRequest

JOB = "analytics.forecast"
MOST_MONTHS = 60
# What nobody bought for so long is expected by nobody.
QUIET_MONTHS = 12
PLACES = Decimal("0.001")
_DEMAND = """
select l.product_id, coalesce(l.warehouse_id, o.warehouse_id, %(default)s) as warehouse_id,
    date_trunc('month', o.ordered_on)::date as month, sum(greatest(l.quantity - l.cancelled, 0)) as quantity
from orders_orderline l
join orders_order o on o.id = l.order_id
join catalog_product p on p.id = l.product_id and p.kind = 'goods' and p.status = 'active'
where o.kind in ('sale', 'service') and o.category not in ('draft', 'submitted', 'cancelled')
    and o.ordered_on >= %(first)s and o.ordered_on < %(end)s
group by 1, 2, 3 order by 1, 2, 3
"""


@dataclass(frozen=True, slots=True)
class History:
    """What was ordered of a product from a warehouse, month by month up to the last full one."""

    product_id: int
    warehouse_id: int
    first_on: date
    months: list[Decimal]


@action
def start_forecast(*, by: Actor) -> ForecastRun:
    """Begin a forecast of all products as a job, or return the one that runs. Raises: NotPermitted."""
    require(by, "forecast.run")
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('analytics.forecast'))")
    running = ForecastRun.objects.filter(state="running").first()
    if running is not None:
        return running
    run = ForecastRun.objects.create(asked_by_name=by.name, asked_at=by.at)
    record("forecast.started", subject=("forecast_run", run.pk), by=by)
    app.configure_task(JOB).defer(run_id=run.pk)
    return run


def run_forecast(run_id: int, *, by: Actor, now: Callable[[], float] = time.perf_counter) -> None:
    """Forecast for a run that was begun; it tells its progress. Done again after a crash, it has its effect once."""
    run = ForecastRun.objects.get(pk=run_id)
    if run.state != "running":
        return
    began = now()
    histories = histories_of(by.today)

    def tell(done: int) -> None:
        ForecastRun.objects.filter(pk=run_id).update(percent=min(99, done * 100 // max(1, len(histories))))

    outlooks = forecast_all([[float(month) for month in one.months] for one in histories], tell)
    _keep_forecasts(run_id, histories, outlooks, seconds=now() - began, by=by)


@action
def request_forecasted(
    wanted: Sequence[tuple[str, str, Decimal]], *, by: Actor, reason: str = ""
) -> list[PurchaseRequest]:
    """Ask for what the forecast proposes, by (SKU, warehouse, quantity): one request for each warehouse.

    Of two who ask for the same at once the later one is refused. Raises: NotPermitted, Malformed, DemandMet.
    """
    require(by, "purchase_request.create")
    if not wanted:
        raise Malformed(details=[Detail("lines", "required", _("Choose at least one line."))])
    with connection.cursor() as cursor:
        # The same lock as that of requests for the demand: both count what the other asked for.
        cursor.execute("select pg_advisory_xact_lock(hashtext('purchasing.demand'))")
    known = {(one.forecast.product.sku, one.forecast.warehouse.code): one for one in forecast_proposals(by=by)}
    places: dict[str, list[RequestedLine]] = {}
    needed: dict[str, date] = {}
    for sku, warehouse, quantity in wanted:
        found = known.get((sku, warehouse))
        if found is None:
            raise DemandMet(sku=sku[:60], warehouse=warehouse[:60])
        supplier = found.rule.supplier.number if found.rule and found.rule.supplier else ""
        places.setdefault(warehouse, []).append(RequestedLine(sku=sku, quantity=quantity, supplier=supplier))
        needed[warehouse] = min(needed.get(warehouse, found.need.needed_on), found.need.needed_on)
    return [
        request_purchase(
            PurchaseRequestInput(
                lines=tuple(lines), warehouse=place, needed_on=needed[place], reason=reason, source="forecast"
            ),
            by=by,
        )
        for place, lines in places.items()
    ]


def histories_of(today: date) -> list[History]:
    """Return the demand of each product and warehouse by month, from its first order up to the last full month."""
    end = today.replace(day=1)
    last = (end - timedelta(days=1)).replace(day=1)
    first = date(end.year - MOST_MONTHS // 12, end.month, 1)
    with connection.cursor() as cursor:
        cursor.execute("select id from inventory_warehouse where is_active order by is_default desc, id limit 1")
        default = cursor.fetchone()[0]
        cursor.execute(_DEMAND, {"default": default, "first": first, "end": end})
        rows = cursor.fetchall()
    found: dict[tuple[int, int], History] = {}
    for product_id, warehouse_id, month, quantity in rows:
        one = found.setdefault((product_id, warehouse_id), History(product_id, warehouse_id, month, []))
        one.months.extend([ZERO] * (months_between(one.first_on, month) - len(one.months)))
        one.months.append(quantity.quantize(PLACES))
    for one in found.values():
        one.months.extend([ZERO] * (months_between(one.first_on, last) + 1 - len(one.months)))
    return [one for one in found.values() if any(one.months[-QUIET_MONTHS:])]


@action
def _keep_forecasts(
    run_id: int, histories: Sequence[History], outlooks: Sequence[Outlook], *, seconds: float, by: Actor
) -> None:
    run = ForecastRun.objects.select_for_update().get(pk=run_id)
    if run.state != "running":
        return
    Forecast.objects.bulk_create(_rows(run, histories, outlooks), batch_size=1000)
    Forecast.objects.exclude(run=run).delete()
    run.state, run.percent, run.finished_at = "done", 100, by.at
    run.series, run.seconds = len(histories), Decimal(str(round(seconds, 1)))
    run.better = sum(one.is_better for one in outlooks)
    run.save()
    data = {"series": run.series, "better": run.better}
    record("forecast.made", subject=("forecast_run", run.pk), by=by, data=data)


def _rows(run: ForecastRun, histories: Sequence[History], outlooks: Sequence[Outlook]) -> Iterator[Forecast]:
    for one, outlook in zip(histories, outlooks, strict=True):
        yield Forecast(
            run=run,
            product_id=one.product_id,
            warehouse_id=one.warehouse_id,
            first_on=one.first_on,
            history=one.months,
            months=[_exact(month) for month in outlook.months],
            naive=[_exact(month) for month in outlook.naive],
            pattern=outlook.pattern,
            method=outlook.method,
            is_better=outlook.is_better,
            **{name: _error(getattr(outlook, name)) for name in ("wape", "naive_wape", "mase", "naive_mase")},
        )


def _exact(value: float) -> Decimal:
    return Decimal(str(value)).quantize(PLACES)


def _error(value: float | None) -> Decimal | None:
    return None if value is None else min(Decimal(str(round(value, 4))), Decimal(10_000_000))
