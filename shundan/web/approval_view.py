"""Approvals as their templates read them: cards, facts, the flow of steps."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shundan.kernel.actor import Actor
from shundan.orders.queries import get_order, lines_of
from shundan.ui.formatting import money, qty
from shundan.ui.quantities import quantity_in_words
from shundan.web.words import METHODS, Word, is_english, name_of, unit_words
from shundan.workflow.queries import ApprovalRun, ApprovalStory, InboxItem, StepStory, facts_for, label_of_name

KINDS: dict[str, Word] = {
    "order": gettext_lazy("Order"),
    "amendment": gettext_lazy("Order change"),
    "payment_request": gettext_lazy("Payment request"),
    "purchase_request": gettext_lazy("Purchase request"),
}
STEP_MODES: dict[str, Word] = {
    "all": gettext_lazy("all must agree"),
    "any": gettext_lazy("one decides"),
    "in_turn": gettext_lazy("one after another"),
    "n_of_m": gettext_lazy("%(need)s must agree"),
}
STATES: dict[str, tuple[Word, str]] = {
    "waiting": (gettext_lazy("later"), "quiet"),
    "open": (gettext_lazy("waiting"), "warn"),
    "pending": (gettext_lazy("waiting"), "warn"),
    "approved": (gettext_lazy("approved"), "good"),
    "rejected": (gettext_lazy("rejected"), "bad"),
    "sent_back": (gettext_lazy("sent back"), "bad"),
    "withdrawn": (gettext_lazy("withdrawn"), "quiet"),
    "stale": (gettext_lazy("stale"), "quiet"),
    "transferred": (gettext_lazy("transferred"), "quiet"),
    "skipped": (gettext_lazy("not needed any more"), "quiet"),
}
# The facts that help to decide, in the order people look at them.
FACTS = (
    "company_total amount_before amount_after amount_up amount_down price_lowered price_raised "
    "discount_rate margin_rate credit_left overdue_days overdue_amount stock_short payment_term requested_in_days "
    "line_count method days_until_due account_is_new days_until_needed price_unknown source department"
).split()
RISKS: dict[str, Word] = {
    "unclear": gettext_lazy("nobody was found for a step"),
    "credit": gettext_lazy("beyond the credit limit"),
    "overdue": gettext_lazy("the customer is late with money"),
    "stock": gettext_lazy("not enough stock"),
    "discount": gettext_lazy("large discount"),
    "new_account": gettext_lazy("a bank account that was not used before"),
}
MONEY = ("company_total", "credit_left", "amount_before", "amount_after", "amount_up", "amount_down", "overdue_amount")
FEW_FACTS = (
    *("amount_up", "amount_down", "price_lowered", "discount_rate", "margin_rate", "credit_left", "overdue_days"),
    "stock_short",
    *("days_until_due", "account_is_new"),
)


def kind_label(kind: str) -> str:
    """Return what people call a kind of document."""
    return str(KINDS.get(kind, kind))


def card_of(item: InboxItem, by: Actor) -> dict[str, Any]:
    """Return one card of a box."""
    run, task, step = item.run, item.task, item.step
    state = task.state if task is not None and task.state != "open" else run.state
    why = (step.why_en if is_english() else step.why_zh) if step is not None else ""
    is_delegated = task is not None and task.assignee is not None and task.assignee_id != by.id
    return {
        "id": run.pk,
        "seen": run.content_hash,
        "url": reverse("approvals.show", kwargs={"approval_id": run.pk}),
        "kind": kind_label(run.subject_kind),
        "title": run.title,
        "party": run.party,
        "amount": money(run.amount, run.currency or "CNY"),
        "who": run.applicant_name,
        "at": item.at,
        "why": why,
        "state": str(STATES[state][0]),
        "tone": STATES[state][1],
        "due_at": task.due_at if task is not None else None,
        "is_late": task is not None and task.due_at is not None and task.due_at < by.at,
        "can_decide": task is not None and task.state == "open",
        "on_behalf_of": task.assignee.name if is_delegated and task is not None and task.assignee else None,
        "facts": facts_of(run, by, FEW_FACTS),
        "risks": risk_labels(item.risks),
        "sum": {"kind": run.subject_kind, "currency": run.currency or "CNY", "amount": format(run.amount, "f")},
    }


def risk_labels(risks: Iterable[str]) -> list[str]:
    """Return why something is decided by itself, in words."""
    return [str(RISKS[one]) for one in risks]


def lines_for(number: str | None, *, by: Actor) -> list[dict[str, Any]]:
    """Return the lines of an order that is to be decided, or nothing where the reader may not see it."""
    if number is None:
        return []
    order, units = get_order(number, by=by), unit_words(by)
    return [
        {
            "sku": line.sku,
            "name": name_of(line),
            "quantity": qty(line.quantity),
            "counted": quantity_in_words(line.quantity, line, units),
            "amount": money(line.gross, order.currency),
        }
        for line in lines_of(order)
    ]


def facts_of(run: ApprovalRun, by: Actor, names: Iterable[str] = FACTS) -> list[tuple[str, str, bool]]:
    """Return (label, value, whether it should worry) of the facts recorded with a run, as far as the actor may know."""
    known = facts_for(run.facts, by=by)
    found = [(name, known.get(name)) for name in names]
    told = [
        (name, value) for name, value in found if value not in (None, "", 0, "0", "0.00") and not _is_zero(name, value)
    ]
    return [(_label(name, value), *_said(name, value)) for name, value in told]


def flow_of(story: ApprovalStory, *, only_present: bool = False) -> list[dict[str, Any]]:
    """Return the steps with everybody asked in them, as they follow one another."""
    steps = [one for one in story.steps if not only_present or one.step.state == "open"]
    return [_step(one) for one in steps]


def _step(story: StepStory) -> dict[str, Any]:
    step = story.step
    label, tone = STATES[step.state]
    return {
        "level": step.level,
        "round": step.round,
        "mode": str(STEP_MODES[step.mode]) % {"need": step.need}
        if step.mode == "n_of_m"
        else str(STEP_MODES[step.mode]),
        "why": step.why_en if is_english() else step.why_zh,
        "state": step.state,
        "label": str(label),
        "tone": tone,
        "due_at": step.due_at if step.state == "open" else None,
        "escalated": step.escalated_at is not None,
        "tasks": [
            {
                "who": task.decided_by_name or (task.assignee.name if task.assignee else _("anybody with this right")),
                "behalf": task.on_behalf_of.name if task.on_behalf_of else None,
                "from": task.came_from.name if task.came_from else None,
                "added": task.added_by.name if task.added_by else None,
                "label": str(STATES[task.state][0]),
                "tone": STATES[task.state][1],
                "at": task.decided_at,
                "remark": task.remark,
            }
            for task in story.tasks
        ],
    }


def _is_zero(name: str, value: Any) -> bool:
    return name in ("discount_rate", "overdue_amount") and not Decimal(str(value))


def _label(name: str, value: Any) -> str:
    if name == "discount_rate" and Decimal(str(value)) < 0:
        return _("Above list prices")
    return label_of_name("fact", name)


def _said(name: str, value: Any) -> tuple[str, bool]:
    if name == "discount_rate":
        return f"{abs(Decimal(str(value))) * 100:.1f} %", Decimal(str(value)) > Decimal("0.15")
    if name == "margin_rate":
        return f"{Decimal(str(value)):.1f} %", Decimal(str(value)) < 0
    if name in MONEY:
        return money(Decimal(str(value)), "CNY"), Decimal(str(value)) < 0 or name == "overdue_amount"
    if name in ("overdue_days", "requested_in_days", "days_until_due"):
        return _("%(n)s days") % {"n": value}, name == "overdue_days" and value > 0
    if name == "method":
        return str(METHODS.get(value, value)), False
    if isinstance(value, bool):
        return (_("Yes"), name != "price_raised") if value else (_("No"), False)
    return str(value), False
