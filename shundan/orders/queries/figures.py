"""Figures of orders by day, for the home page and reports."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Sum

from shundan.kernel.actor import Actor
from shundan.kernel.money import ZERO
from shundan.orders.scopes import visible_orders

# What a company earns with; purchases and what comes back are other figures.
EARNING = ("sale", "service")


def orders_by_day(*, by: Actor, since: date) -> list[tuple[date, int, Decimal]]:
    """Return (day, orders, worth in company currency) of each day with orders, drafts and cancelled ones aside."""
    rows = (
        visible_orders(by)
        .filter(ordered_on__gte=since, kind__in=EARNING)
        .exclude(category__in=("draft", "cancelled"))
        .values("ordered_on")
        .annotate(orders=Count("id"), worth=Sum("company_total"))
        .order_by("ordered_on")
    )
    return [(row["ordered_on"], row["orders"], row["worth"]) for row in rows]


@dataclass(frozen=True, slots=True)
class SalesFigures:
    """Sales of today, of this month and of the days up to today, in company currency."""

    today_count: int
    today_worth: Decimal
    month_count: int
    month_worth: Decimal
    days: list[tuple[date, Decimal]]


def sales_figures(*, by: Actor, days: int = 30) -> SalesFigures:
    """Return the figures of the sales and services this actor sees, days without any as 0."""
    first = min(by.today - timedelta(days=days - 1), by.today.replace(day=1))
    known = {on: (count, worth) for on, count, worth in orders_by_day(by=by, since=first)}
    month = [one for on, one in known.items() if on >= by.today.replace(day=1) and on <= by.today]
    today = known.get(by.today, (0, ZERO))
    series = [by.today - timedelta(days=back) for back in range(days - 1, -1, -1)]
    return SalesFigures(
        today_count=today[0],
        today_worth=today[1],
        month_count=sum(count for count, _worth in month),
        month_worth=sum((worth for _count, worth in month), ZERO),
        days=[(on, known.get(on, (0, ZERO))[1]) for on in series],
    )
