"""What is expected to be sold, how well that was foreseen, and what to order for it."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from shundan.analytics.models import Forecast, ForecastRun
from shundan.analytics.rules import USUAL_LEAD, Need, need_of
from shundan.catalog.models import Product
from shundan.inventory.models import ReorderRule
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, require
from shundan.kernel.listing import Page, page_of
from shundan.kernel.money import ZERO
from shundan.kernel.search import matches
from shundan.purchasing.queries import projected_stock_unscoped


@dataclass(frozen=True, slots=True)
class Proposal:
    """What to order of a product for a warehouse, and the facts that say why."""

    forecast: Forecast
    rule: ReorderRule | None
    lead_days: int
    safety: Decimal
    projected: Decimal
    need: Need


def list_forecasts(
    *,
    by: Actor,
    pattern: str = "",
    warehouse: str = "",
    search: str = "",
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Forecast]:
    """Return one page of the last forecast. Raises: NotPermitted, Malformed."""
    rows = _last(by)
    if pattern:
        rows = rows.filter(pattern=pattern)
    if warehouse:
        rows = rows.filter(warehouse__code=warehouse.replace("\x00", ""))
    if search.strip():
        rows = rows.filter(product__in=Product.objects.filter(matches(search)))
    return page_of(rows, cursor=cursor, limit=limit, sort="id", counted=True)


def get_forecast(sku: str, warehouse: str, *, by: Actor) -> Forecast:
    """Return the forecast of a product in a warehouse. Raises: NotPermitted, NotFound."""
    found = _last(by).filter(product__sku=sku.replace("\x00", ""), warehouse__code=warehouse.replace("\x00", ""))
    one = found.first()
    if one is None:
        raise NotFound(what="forecast", key=f"{sku} {warehouse}"[:100])
    return one


def last_forecast_run(*, by: Actor) -> ForecastRun | None:
    """Return the newest run, running or done. Raises: NotPermitted."""
    require(by, "forecast.read")
    return ForecastRun.objects.order_by("-id").first()


def forecast_proposals(*, by: Actor, warehouse: str = "") -> list[Proposal]:
    """Return what to order by the last forecast, what is to be ordered first at the top.

    What is free, ordered and asked for already counts as there. Raises: NotPermitted.
    """
    rows = _last(by).filter(product__status="active", warehouse__is_active=True)
    if warehouse:
        rows = rows.filter(warehouse__code=warehouse.replace("\x00", ""))
    rules = {
        (one.product_id, one.warehouse_id): one
        for one in ReorderRule.objects.filter(is_active=True).select_related("supplier")
    }
    stock = projected_stock_unscoped()
    found = []
    for one in rows:
        rule = rules.get((one.product_id, one.warehouse_id))
        lead_days = rule.lead_days if rule else USUAL_LEAD
        safety = rule.safety_stock if rule else ZERO
        projected = stock.get((one.product_id, one.warehouse_id), ZERO)
        need = need_of(
            one.used,
            projected=projected,
            safety=safety,
            lead_days=lead_days,
            decimals=one.product.unit.decimals,
            today=by.today,
        )
        if need is not None:
            found.append(Proposal(one, rule, lead_days, safety, projected, need))
    return sorted(found, key=lambda each: (each.need.order_by, each.need.needed_on, each.forecast.pk))


def _last(by: Actor) -> QuerySet[Forecast]:
    require(by, "forecast.read")
    run = ForecastRun.objects.filter(state="done").order_by("-id").values("pk")[:1]
    rows = Forecast.objects.filter(run__in=run)
    return rows.select_related("product__unit", "product__category", "warehouse", "run")
