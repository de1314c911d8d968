"""Cycle counts: classes of products, how often each is counted, and counts of what is due."""

from decimal import Decimal
from typing import Annotated

from django.http import HttpRequest
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.fields import Answer, Code, Flag, Given, Number, Plain, number
from shundan.api.routes import Routes
from shundan.inventory.actions import CountPlanInput, plan_due_counts, save_count_plan
from shundan.inventory.queries import count_classes, count_plan, get_warehouse

routes = Routes("counts", operations="count_classes")
Days = Annotated[int, Field(ge=1, le=3650)]


class CountClass(Answer):
    """How a class stands; `share` is what it is meant to have of the worth, `stocked` and `due` count by warehouse."""

    code: str
    share: Plain
    days: int
    products: int
    stocked: int
    due: int


class CountClasses(Answer):
    """The plan of cycle counts; `version` is given back when it is changed."""

    version: int
    is_nightly: bool
    classes: list[CountClass]


class CountPlanGiven(Given):
    """Shares of worth in percent (C is the rest), and days between two counts."""

    version: Annotated[int, Field(ge=0)]
    share_a: Number
    share_b: Number
    days_a: Days
    days_b: Days
    days_c: Days
    is_nightly: Flag = False


class DueGiven(Given):
    """One warehouse, or all active ones."""

    warehouse: Code = ""


class PlannedCounts(Answer):
    """The numbers of the counts that were planned; none when nothing is due."""

    numbers: list[str]


@routes.get("/count-classes", permission="stock.read", answer=CountClasses)
def show(request: HttpRequest) -> CountClasses:
    """Show the classes, what is due of each, and the plan."""
    plan = count_plan()
    shares = {"A": plan.share_a, "B": plan.share_b, "C": Decimal(100) - plan.share_a - plan.share_b}
    return CountClasses(
        version=plan.version,
        is_nightly=plan.is_nightly,
        classes=[
            CountClass(
                code=one.code,
                share=number(shares[one.code]),
                days=one.days,
                products=one.products,
                stocked=one.stocked,
                due=one.due,
            )
            for one in count_classes(by=actor(request))
        ],
    )


@routes.put("/count-classes", permission="warehouse.edit", answer=CountClasses)
def save(request: HttpRequest, given: CountPlanGiven) -> CountClasses:
    """Set the plan of cycle counts."""
    days = {"A": given.days_a, "B": given.days_b, "C": given.days_c}
    wished = CountPlanInput(share_a=given.share_a, share_b=given.share_b, days=days, is_nightly=given.is_nightly)
    save_count_plan(wished, version=given.version, by=actor(request))
    return show(request)


@routes.post("/stock-counts/due", permission="stock.adjust", answer=PlannedCounts)
def plan_due(request: HttpRequest, given: DueGiven | None = None) -> PlannedCounts:
    """Class the products anew and plan counts of what is due, one a warehouse."""
    by = actor(request)
    warehouse = get_warehouse(given.warehouse, by=by).pk if given and given.warehouse else None
    return PlannedCounts(numbers=[one.number for one in plan_due_counts(by=by, warehouse_id=warehouse)])
