"""Credit: the desk of orders that wait for it, letting one pass, raises of limits, rules for overdue money."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shundan.billing.actions import (
    CreditRuleInput,
    end_credit_raise,
    raise_credit_limit,
    release_credit,
    review_credit,
    save_credit_rules,
)
from shundan.billing.queries import (
    CREDIT_HOLD,
    Credit,
    CreditRaise,
    CreditRule,
    DeskRow,
    Standing,
    blocked_counts,
    blocked_sums,
    credit_of,
    desk_rows,
    list_blocked,
    list_credit_rules,
    over_with_order,
    raises_of,
    releases_of_order,
    shipped_not_invoiced_of,
    standing_unscoped,
    version_of_credit_rules,
)
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Refused, VersionConflict
from shundan.kernel.money import parse_decimal, plain
from shundan.orders.queries import get_order, open_holds
from shundan.orders.queries.holds import reason_of_hold
from shundan.parties.queries import Customer, get_customer, may_do_with_customer
from shundan.ui.doors import page
from shundan.ui.formatting import money
from shundan.web.forms import Given, do_once, errors_of, go, new_key, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.lists import plain_list, state_of, tabs

VIEWS = (
    ("all", gettext_lazy("All")),
    ("limit", gettext_lazy("Over the limit")),
    ("overdue", gettext_lazy("Overdue")),
    ("person", gettext_lazy("Held by a person")),
)
CAUSES = {
    "credit_exceeded": gettext_lazy("Over the limit"),
    "credit_overdue": gettext_lazy("Overdue"),
    "": gettext_lazy("Held by a person"),
}
# Empty rows at the end of the rules' form.
SPARE = 2


@page("credit.read")
def desk(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the orders that wait for credit, the longest waiting first."""
    state = state_of(request)
    view = state.choice("view", dict(VIEWS), "all")
    search = state.text("q")
    found = list_blocked(by=by, view=view, search=search, cursor=state.cursor, limit=state.size, counted=True)
    rows = desk_rows(found.items, by=by)
    context = {
        "page": frame(request, by, title=_("Credit desk"), active="credit"),
        "views": tabs(state, VIEWS, active=view, counts=blocked_counts(by=by)),
        "sums": [
            {
                "label": _("Waiting in %(currency)s") % {"currency": currency},
                "value": money(worth, currency),
                "note": _("%(orders)s, %(customers)s")
                % {
                    "orders": ngettext("%(n)s order", "%(n)s orders", orders) % {"n": orders},
                    "customers": ngettext("%(n)s customer", "%(n)s customers", customers) % {"n": customers},
                },
                "icon": "clock",
            }
            for currency, orders, customers, worth in blocked_sums(by=by, view=view, search=search)
        ],
        "review_url": reverse("credit.review") if by.may("credit.release") else None,
        "rules_url": reverse("credit.rules") if by.may("credit.rule") else None,
        "key": new_key(),
        **plain_list(
            state,
            found,
            [_row(one, by) for one in rows],
            url=reverse("credit.list"),
            placeholder=_("Order or customer"),
            caption=_("Credit desk"),
            empty_title=_("No order waits for credit"),
            empty_text=_("Orders over the credit limit, or of customers who are overdue by the rules, stand here."),
        ),
    }
    return render(request, "credit/desk.html", context)


@page("credit.release", methods=("POST",))
def review(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Look at all waiting orders again now instead of in the night."""
    changed = int(do_once(request, by=by, work=lambda: str(review_credit(by=by))))
    leave_message(
        request, ngettext("%(count)s order changed.", "%(count)s orders changed.", changed) % {"count": changed}
    )
    return go(request, reverse("credit.list"))


@page("credit.read", methods=("GET", "POST"))
def release(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show why an order waits, and let it pass with a reason."""
    order = get_order(number, by=by, permission="credit.read")
    given, refusal = Given(request.POST), None
    if request.method == "POST":

        def work() -> str:
            reason, until_on = given.text("reason"), given.day("until_on")
            given.check()
            return release_credit(number, reason=reason, until_on=until_on, by=by).order.number

        try:
            do_once(request, by=by, work=work)
        except Refused as refused:
            refusal = refused
        else:
            leave_message(request, _("%(number)s may pass.") % {"number": order.number})
            return go(request, reverse("credit.list"))
    errors = errors_of(refusal)
    holds = [one for one in open_holds(order) if one.code == CREDIT_HOLD]
    found = standing_unscoped(order.buyer.pk, on=by.today)
    over = over_with_order(order, found, on=by.today)
    context = {
        "page": frame(request, by, title=_("Credit of %(number)s") % {"number": order.number}, active="credit"),
        "order": {
            "number": order.number,
            "url": reverse("orders.show", kwargs={"number": order.number}) if by.may("order.read") else None,
            "customer": order.buyer.name,
            "customer_url": reverse("credit.customer", kwargs={"number": order.buyer.number})
            if by.may("customer.read")
            else None,
            "worth": order.total,
            "currency": order.currency,
        },
        "standing": _standing(found) | {"over": money(over, found.currency) if over else None},
        "holds": [
            {"reason": reason_of_hold(one), "cause": str(CAUSES.get(one.cause, "")), "at": one.placed_at}
            for one in holds
        ],
        "releases": [
            {
                "amount": one.amount,
                "until": one.until_on,
                "reason": one.reason,
                "by": one.released_by_name,
                "at": one.released_at,
            }
            for one in releases_of_order(order.pk)
        ],
        "may_release": bool(holds) and by.may("credit.release"),
        "values": {"reason": given.data.get("reason", ""), "until_on": given.data.get("until_on", "")},
        "key": new_key(),
        "error_of": errors,
        "refusal": refusal_of_form(refusal, known=errors) if refusal else None,
    }
    return render(request, "credit/release.html", context, status=refusal.status if refusal else 200)


@page("customer.read", methods=("GET", "POST"))
def customer(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show a customer's credit with its parts and raises, and raise the limit for a time."""
    one = get_customer(number, by=by)
    given, refusal = Given(request.POST), None
    if request.method == "POST":

        def work() -> str:
            if given.text("end"):
                return str(end_credit_raise(number, given.whole("end") or 0, reason=given.text("reason"), by=by).pk)
            amount, reason = given.needed("amount"), given.text("reason")
            first, last = given.day("from_on"), given.day("until_on")
            given.check()
            made = raise_credit_limit(
                number, amount=amount, from_on=first, until_on=last or by.today, reason=reason, by=by
            )
            return str(made.pk)

        try:
            do_once(request, by=by, work=work)
        except Refused as refused:
            refusal = refused
        else:
            said = _("The raise has ended.") if given.text("end") else _("The limit is raised until the chosen day.")
            leave_message(request, said)
            return go(request, reverse("credit.customer", kwargs={"number": one.number}))
    errors = errors_of(refusal)
    credit = credit_of(one, by=by)
    context = {
        "page": frame(request, by, title=_("Credit of %(number)s") % {"number": one.name}, active="customers"),
        "customer": {
            "number": one.number,
            "name": one.name,
            "url": reverse("customers.show", kwargs={"number": one.number}),
            "currency": one.currency,
        },
        "parts": credit_parts(one, credit, by=by),
        "standing": _standing(standing_unscoped(one.pk, on=by.today)),
        "meter": None if credit.limit is None else {"limit": credit.limit, "used": credit.exposure},
        "raises": [_raise(found, by) for found in raises_of(one, by=by)],
        "may_raise": one.credit_limit is not None and may_do_with_customer("customer.credit", one, by=by),
        "values": {name: given.data.get(name, "") for name in ("amount", "from_on", "until_on", "reason")},
        "key": new_key(),
        "error_of": errors,
        "refusal": refusal_of_form(refusal, known=errors) if refusal else None,
    }
    return render(request, "credit/customer.html", context, status=refusal.status if refusal else 200)


@page("credit.rule", methods=("GET", "POST"))
def rules(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show and keep the rules for overdue money."""
    given, refusal = Given(request.POST), None
    if request.method == "POST":
        typed = given.rows("rule")

        def work() -> str:
            wanted = [_rule_of(one, at, given) for at, one in enumerate(typed)]
            given.check()
            return str(len(save_credit_rules(wanted, version=given.whole("version") or 0, by=by)))

        try:
            do_once(request, by=by, work=work)
        except Refused as refused:
            refusal = refused
        else:
            leave_message(request, _("The rules were saved."))
            return go(request, reverse("credit.list"))
        rows = [{"customer": "", "tag": "", "days": "", "least": "", **one} for one in typed]
    else:
        rows = [_written(one) for one in list_credit_rules(by=by)]
    rows += [{"customer": "", "tag": "", "days": "", "least": ""}] * SPARE
    context = {
        "page": frame(request, by, title=_("Rules for overdue money"), active="credit"),
        "rows": rows,
        # What somebody else kept meanwhile stands beside what was typed; saving again is a choice then.
        "version": version_of_credit_rules(),
        "meanwhile": [_written(one) for one in list_credit_rules(by=by)]
        if isinstance(refusal, VersionConflict)
        else [],
        "is_conflict": isinstance(refusal, VersionConflict),
        "key": new_key(),
        "error_of": errors_of(refusal),
        "refusal": refusal_of_form(refusal) if refusal else None,
    }
    return render(request, "credit/rules.html", context, status=refusal.status if refusal else 200)


def credit_parts(one: Customer, credit: Credit, *, by: Actor) -> list[tuple[str, str | None]]:
    """Return limit and exposure in their parts, as labels and amounts."""
    shipped = min(credit.ordered, shipped_not_invoiced_of(one, by=by))

    def written(amount: Decimal) -> str:
        return money(amount, credit.currency)

    limit = []
    if credit.limit is not None:
        limit.append((_("Credit limit"), written(credit.limit - credit.raised)))
        if credit.raised_until is not None:
            label = _("Raised until %(day)s") % {"day": credit.raised_until.isoformat()}
            limit.append((label, written(credit.raised)))
    return [
        *limit,
        (_("Open invoices"), written(credit.receivable)),
        (_("Shipped, not invoiced"), written(shipped)),
        (_("Confirmed, not shipped"), written(credit.ordered - shipped)),
        (_("On account"), written(-credit.unallocated)),
        (_("Exposure"), written(credit.exposure)),
        (_("Available"), None if credit.available is None else written(credit.available)),
    ]


def _written(one: CreditRule) -> dict[str, str]:
    """Return a rule as its row of the form has it."""
    return {
        "customer": one.customer.number if one.customer else "",
        "tag": one.tag,
        "days": "" if one.overdue_days is None else str(one.overdue_days),
        "least": plain(one.least_amount) if one.least_amount else "",
    }


def _rule_of(one: dict[str, str], at: int, given: Given) -> CreditRuleInput:
    """Return the rule that a row of the form says; what is malformed is noted."""
    days, least = one.get("days", ""), one.get("least", "")
    if days and not (days.isascii() and days.isdigit() and len(days) < 6):
        sentence = _("Enter a number of days from 0 to 3650.")
        given.problems.append(Detail(f"rules[{at}].overdue_days", "out_of_range", sentence))
        days = ""
    amount = parse_decimal(least) if least else Decimal(0)
    if amount is None:
        given.problems.append(Detail(f"rules[{at}].least_amount", "not_a_number", _("Enter a number such as 1234.50.")))
    return CreditRuleInput(
        customer=one.get("customer", ""),
        tag=one.get("tag", ""),
        overdue_days=int(days) if days else None,
        least_amount=amount or Decimal(0),
    )


def _row(one: DeskRow, by: Actor) -> dict[str, Any]:
    order, standing = one.hold.order, one.standing
    return {
        "id": order.number,
        "number": order.number,
        "url": reverse("credit.release", kwargs={"number": order.number}),
        "customer": order.buyer.name,
        "customer_url": reverse("credit.customer", kwargs={"number": order.buyer.number})
        if by.may("customer.read")
        else None,
        "owner": order.owner.name if order.owner else None,
        "lifecycle": order.state,
        "cause": str(CAUSES.get(one.hold.cause, one.hold.cause)),
        "reason": reason_of_hold(one.hold),
        "over": money(one.over, standing.currency) if one.over else None,
        "late": _late(standing),
        "worth": order.total,
        "currency": order.currency,
        "since": one.hold.placed_at,
        "is_new": False,
    }


def _late(found: Standing) -> str | None:
    return money(found.late_amount, "CNY") if found.late_amount else None


def _standing(found: Standing) -> dict[str, Any]:
    return {
        "limit": None if found.limit is None else money(found.limit, found.currency),
        "used": money(found.used, found.currency),
        "over": money(found.over, found.currency) if found.over else None,
        "late": _late(found),
        "late_since": found.late_since,
        "allowed_days": found.allowed_days,
    }


def _raise(one: CreditRaise, by: Actor) -> dict[str, Any]:
    is_open = one.ended_at is None and one.until_on >= by.today
    return {
        "id": one.pk,
        "amount": one.amount,
        "from_on": one.from_on,
        "until_on": one.until_on,
        "reason": one.reason,
        "by": one.created_by_name,
        "at": one.created_at,
        "is_open": is_open,
        "state": _("Ended by %(name)s: %(reason)s") % {"name": one.ended_by_name, "reason": one.end_reason}
        if one.ended_at
        else _("Holds")
        if is_open and one.from_on <= by.today
        else _("Begins later")
        if is_open
        else _("Over"),
    }


routes = [
    path("credit/", desk, name="credit.list"),
    path("credit/review/", review, name="credit.review"),
    path("credit/rules/", rules, name="credit.rules"),
    path("orders/<str:number>/credit/", release, name="credit.release"),
    path("customers/<str:number>/standing/", customer, name="credit.customer"),
]
