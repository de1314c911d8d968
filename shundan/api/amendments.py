"""Changes of running orders and the versions they make."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.fields import (
    MOST_LINES,
    Amount,
    Answer,
    Code,
    Day,
    Given,
    Moment,
    Number,
    Plain,
    Position,
    Row,
    Text,
    Version,
    Words,
    amount,
    moment,
    moment_or_none,
    number,
)
from shundan.api.orders import ShipToGiven
from shundan.api.routes import Routes
from shundan.orders.actions import (
    ChangeWish,
    LineWish,
    Preview,
    ShipTo,
    amend_order,
    preview_amendment,
    withdraw_amendment,
)
from shundan.orders.queries import (
    amendments_of,
    compare_revisions,
    get_amendment,
    get_order,
    get_revision,
    revisions_of,
)

routes = Routes("amendments")
# A day, or an empty text for none any more.
DayOrNone = Day | Literal[""]
# The number of a change or version of an order, in a path.
Ordinal = Annotated[int, Field(ge=1, le=2_147_483_647)]


class LineChange(Given):
    """How a line shall be: named by its position, or a new one with SKU and quantity; 0 takes a line off.

    Quantity and price are those of `unit`, without it of the product's own; a price brings its unit with it.
    """

    position: Position | None = None
    sku: Code = ""
    quantity: Number | None = None
    unit: Code = ""
    unit_price: Number | None = None
    discount: Number | None = None
    requested_on: DayOrNone | None = None
    remark: Text | None = None


class ChangeGiven(Given):
    """How an order shall be; what is left out stays as it is."""

    lines: Annotated[list[LineChange], Field(max_length=MOST_LINES)] = []
    requested_on: DayOrNone | None = None
    customer_reference: Words | None = None
    remark: Text | None = None
    ship_to: ShipToGiven | None = None
    initiator: Literal["us", "customer", "supplier"] = "us"

    def as_wish(self) -> ChangeWish:
        """Return the change as the domain takes it."""
        return ChangeWish(
            lines=tuple(LineWish(**dict(line)) for line in self.lines),
            requested_on=self.requested_on,
            customer_reference=self.customer_reference,
            remark=self.remark,
            ship_to=ShipTo(**dict(self.ship_to)) if self.ship_to else None,
        )


class AmendmentGiven(ChangeGiven):
    """A change with why it is asked for; with `version` it is refused if somebody changed the order meanwhile."""

    reason_code: Code
    reason: Text = ""
    version: Version | None = None


class Withdrawal(Given):
    """Why a change is taken back."""

    remark: Text = ""


class Difference(Answer):
    """One place that two versions differ in; an empty side means it is not there."""

    path: str
    before: str
    after: str


class WhyAsked(Answer):
    """A step of the approval that the difference needs."""

    level: int
    why_zh: str
    why_en: str


class Short(Answer):
    """Goods of which the change wants more than is free."""

    sku: str
    wanted: Plain
    available: Plain


class AmendmentPreview(Answer):
    """What a change would do: where the order would differ, what it would be worth, who would have to approve."""

    differences: list[Difference]
    worth_before: Amount
    worth_after: Amount
    credit_left: Plain | None
    approvals: list[WhyAsked]
    short: list[Short]


class Amendment(Answer):
    """A change of an order: what it changes, why, and what became of it."""

    number: int
    title: str
    order: str
    state: str
    initiator: str
    reason_code: str
    reason: str
    differences: list[Difference]
    base_revision: int
    revision: int | None
    worth_before: Amount
    worth_after: Amount
    asked_by: str
    asked_at: Moment
    ended_by: str
    ended_at: Moment | None
    remark: str


class AmendmentList(Answer):
    """The changes of an order, newest first."""

    items: list[Amendment]


class RevisionLine(Answer):
    """A line as a version had it; a quantity of 0 was taken off.

    Quantity and `unit_price` are in the product's own unit; `order_price` is the price of one `order_unit`, where the
    line was ordered in another one.
    """

    position: int
    sku: str
    quantity: Plain
    unit_price: Plain
    order_unit: str | None
    order_price: Plain | None
    discount: Plain
    requested_on: str
    remark: str
    worth: Plain


class Revision(Answer):
    """A version of an order."""

    number: int
    amendment: str | None
    at: Moment
    by: str
    worth: Plain
    header: dict[str, str]
    lines: list[RevisionLine]


class RevisionList(Answer):
    """The versions of an order, oldest first; none for one that was never changed after its confirmation."""

    items: list[Revision]


class Comparison(Answer):
    """Where two versions differ."""

    differences: list[Difference]


@routes.post("/orders/{number}/amendments", permission="order.amend", answer=Amendment)
def ask(request: HttpRequest, number: Code, given: AmendmentGiven) -> Amendment:
    """Change a running order: quantities, prices, dates, address, lines added or taken off.

    What needs nobody's approval is carried out at once (state `applied`), with credit and stock by the difference;
    else the state is `submitted`. Reasons: customer_wish, supplier_change, price_agreed, entry_error, stock, delivery,
    other.
    """
    made = amend_order(
        number,
        given.as_wish(),
        by=actor(request),
        reason_code=given.reason_code,
        reason=given.reason,
        initiator=given.initiator,
        version=given.version,
    )
    return _amendment(made)


@routes.post("/orders/{number}/amendments/preview", permission="order.amend", answer=AmendmentPreview, status=200)
def preview(request: HttpRequest, number: Code, given: ChangeGiven) -> AmendmentPreview:
    """Tell what a change would do, without doing it: differences, worth, credit left, who must approve."""
    by = actor(request)
    found = preview_amendment(number, given.as_wish(), by=by, initiator=given.initiator)
    return _preview(found, get_order(number, by=by).currency)


@routes.get("/orders/{number}/amendments", permission="order.read", answer=AmendmentList)
def index(request: HttpRequest, number: Code) -> AmendmentList:
    """List the changes of an order, newest first."""
    return AmendmentList(items=[_amendment(one) for one in amendments_of(get_order(number, by=actor(request)))])


@routes.get("/orders/{number}/amendments/{change}", permission="order.read", answer=Amendment)
def show(request: HttpRequest, number: Code, change: Ordinal) -> Amendment:
    """Show one change of an order."""
    return _amendment(get_amendment(number, change, by=actor(request)))


@routes.post("/orders/{number}/amendments/{change}/withdraw", permission="order.amend", answer=Amendment, status=200)
def withdraw(request: HttpRequest, number: Code, change: Ordinal, given: Withdrawal | None = None) -> Amendment:
    """Take back a change that you asked for, while no level has decided."""
    remark = given.remark if given else ""
    return _amendment(withdraw_amendment(number, change, by=actor(request), remark=remark))


@routes.get("/orders/{number}/revisions", permission="order.read", answer=RevisionList)
def revisions(request: HttpRequest, number: Code) -> RevisionList:
    """List the versions of an order, each whole."""
    order = get_order(number, by=actor(request))
    return RevisionList(items=[_revision(one, order.number) for one in revisions_of(order)])


@routes.get("/orders/{number}/revisions/{revision}", permission="order.read", answer=Revision)
def revision(request: HttpRequest, number: Code, revision: Ordinal) -> Revision:
    """Show one version of an order."""
    by = actor(request)
    order = get_order(number, by=by)
    return _revision(get_revision(order, revision, by=by), order.number)


@routes.get("/orders/{number}/revisions/{revision}/compare/{other}", permission="order.read", answer=Comparison)
def compare(request: HttpRequest, number: Code, revision: Ordinal, other: Ordinal) -> Comparison:
    """Tell where two versions of an order differ, from the first to the second."""
    by = actor(request)
    order = get_order(number, by=by)
    sides = [get_revision(order, one, by=by).content for one in (revision, other)]
    return Comparison(differences=_differences([(d.path, d.before, d.after) for d in compare_revisions(*sides)]))


def _amendment(one: Row) -> Amendment:
    currency = one.order.currency
    return Amendment(
        number=one.number,
        title=one.title,
        order=one.order.number,
        state=one.state,
        initiator=one.initiator,
        reason_code=one.reason_code,
        reason=one.reason,
        differences=_differences(one.changes),
        base_revision=one.base_revision,
        revision=one.revision,
        worth_before=amount(one.worth_before, currency),
        worth_after=amount(one.worth_after, currency),
        asked_by=one.asked_by_name,
        asked_at=moment(one.asked_at),
        ended_by=one.ended_by_name,
        ended_at=moment_or_none(one.ended_at),
        remark=one.remark,
    )


def _preview(found: Preview, currency: str) -> AmendmentPreview:
    plan = found.plan
    return AmendmentPreview(
        differences=_differences([(one.path, one.before, one.after) for one in plan.differences]),
        worth_before=amount(plan.worth_before, currency),
        worth_after=amount(plan.worth_after, currency),
        credit_left=None if found.credit_left is None else number(found.credit_left),
        approvals=[WhyAsked(level=one.level, why_zh=one.why_zh, why_en=one.why_en) for one in found.steps],
        short=[Short(sku=sku, wanted=number(wanted), available=number(free)) for sku, wanted, free in found.short],
    )


def _revision(one: Row, order: str) -> Revision:
    lines = [{name: line.get(name) for name in RevisionLine.model_fields} for line in one.content["lines"]]
    return Revision(
        number=one.number,
        amendment=f"{order}-C{one.amendment.number}" if one.amendment else None,
        at=moment(one.at),
        by=one.by_name,
        worth=number(Decimal(one.content["worth"])),
        header=one.content["header"],
        lines=[RevisionLine(**line) for line in lines],
    )


def _differences(changes: Any) -> list[Difference]:  # Any: rows of three texts, from JSON or from the domain
    return [Difference(path=path, before=before, after=after) for path, before, after in changes]
