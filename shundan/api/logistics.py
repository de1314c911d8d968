"""Figures of logistics by carrier or region: in time, lead time, cost, problems."""

from django.http import HttpRequest
from ninja import Query

from shundan.api.auth import actor
from shundan.api.fields import Amount, Answer, Code, Day, Given, Plain, amount, number
from shundan.api.routes import Routes
from shundan.fulfilment.queries.logistics import LogisticsFigures, logistics_report

routes = Routes("reports")


class LogisticsRow(Answer):
    """What is known of one carrier or region; `key` is empty where none is known, and in the total.

    `judged` are the waybills that were due: delivered, or their promised day is over. `days` on the way on the average;
    `cost` in company currency, of the `costed` waybills whose freight is known in it (other
    currencies at the rate of the day on which the carrier took the goods); `weight` in kilograms.
    """

    key: str
    name: str
    waybills: int
    parcels: int
    delivered: int
    judged: int
    in_time: int
    in_time_share: Plain | None
    days: Plain | None
    cost: Amount
    costed: int
    weight: Plain
    problems: int


class LogisticsAnswer(Answer):
    """Figures by group, those with most waybills first, and of all together."""

    group: str
    since: str
    until: str
    items: list[LogisticsRow]
    total: LogisticsRow


class LogisticsQuery(Given):
    """On which days carriers took the goods: by default the last 90."""

    since: Day | None = None
    until: Day | None = None


@routes.get("/logistics-reports/{group}", permission="shipment.read", answer=LogisticsAnswer)
def show(request: HttpRequest, group: Code, wanted: Query[LogisticsQuery]) -> LogisticsAnswer:
    """Return figures of logistics by carrier or by region (a province, abroad a country)."""
    found = logistics_report(by=actor(request), since=wanted.since, until=wanted.until, group=group)
    return LogisticsAnswer(
        group=found.group,
        since=found.since.isoformat(),
        until=found.until.isoformat(),
        items=[_row(one) for one in found.rows],
        total=_row(found.total),
    )


def _row(one: LogisticsFigures) -> LogisticsRow:
    share = one.in_time_share
    return LogisticsRow(
        key=one.key,
        name=one.name,
        waybills=one.waybills,
        parcels=one.parcels,
        delivered=one.delivered,
        judged=one.judged,
        in_time=one.in_time,
        in_time_share=None if share is None else number(share),
        days=None if one.days is None else number(one.days),
        cost=amount(one.cost, "CNY"),
        costed=one.costed,
        weight=number(one.weight),
        problems=one.problems,
    )
