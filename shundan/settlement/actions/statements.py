"""Making statements of account, sending them, and what customers say of them, line by line."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.core.mail import EmailMessage
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from shundan.billing.actions.credit import lock_credit_account
from shundan.billing.models import CreditAccount
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, Refused, require
from shundan.kernel.events import record
from shundan.kernel.money import ZERO, said_amount
from shundan.kernel.numbering import next_gapless_number
from shundan.papers.queries import pdf_of
from shundan.parties.queries import get_customer
from shundan.settlement.models import AccountStatement, StatementLine
from shundan.settlement.queries import (
    get_statement,
    link_of_statement,
    mail_address_of,
    movements_of,
    paper_of_statement,
    statement_of_token,
)

LONGEST_REMARK = 500


class NothingToState(Refused):
    """Nothing moved with the customer, or the period is stated already."""

    code = "nothing_to_state"
    sentence = _("There is nothing to state: the last statement reaches to %(day)s, or nothing has moved.")


class StatementAnswered(Refused):
    """A confirmed or void statement is not answered, sent or changed."""

    code = "statement_answered"
    sentence = _("Statement %(number)s is confirmed or void already.")


class StatementNotLast(Refused):
    """Only the last statement can be taken back: the next one begins with its balance."""

    code = "statement_not_last"
    sentence = _("Statement %(number)s is not the last one. Take the later ones back first.")


class CustomerWithoutMail(Refused):
    """Nobody said where the customer's papers go."""

    code = "customer_without_mail"
    sentence = _("%(customer)s has no contact with an e-mail address. Add one, or send the paper by hand.")


@action
def make_statement(
    customer: str, *, until: date, by: Actor, from_on: date | None = None, currency: str = ""
) -> AccountStatement:
    """State what moved with a customer up to a day, from where the last statement ended.

    `from_on` is asked for the first one only, by default the month's first day. What is recorded late for a day that
    was stated already stands on the next statement. Raises: NotPermitted, NotFound, Malformed, NothingToState.
    """
    require(by, "statement.issue")
    one = get_customer(customer, by=by)
    currency = currency or one.currency
    if until > by.today:
        raise Malformed(details=[Detail("until", "out_of_range", _("The period cannot end in the future."))])
    CreditAccount.objects.get_or_create(customer=one, currency=currency)
    # Two who state the same period at once, or who book meanwhile: one after the other.
    lock_credit_account(one.pk, currency)
    stated = AccountStatement.objects.filter(customer=one, currency=currency).exclude(state="void")
    first, last = stated.order_by("from_on").first(), stated.order_by("-from_on").first()
    if last is not None and until <= last.until_on:
        raise NothingToState(day=str(last.until_on))
    begin = from_on or until.replace(day=1)
    if last is None and begin > until:
        raise Malformed(details=[Detail("from_on", "out_of_range", _("The period ends before it begins."))])
    found = movements_of(one.pk, currency, until=until, zone=by.company_zone)
    if first is None or last is None:
        opening = sum((each.amount for each in found if each.day < begin), ZERO)
        new = [each for each in found if each.day >= begin]
    else:
        begin, opening = date.fromordinal(last.until_on.toordinal() + 1), last.closing
        known = set(
            StatementLine.objects.filter(
                statement__customer=one, statement__currency=currency, is_void=False
            ).values_list("kind", "source_id")
        )
        new = [
            each
            for each in found
            if (each.kind, each.source_id) not in known
            # In the opening balance of the first one.
            and not (each.day < first.from_on and each.recorded_at <= first.created_at)
        ]
    if not new and opening == 0:
        raise NothingToState(day=str(last.until_on) if last else "–")
    statement = AccountStatement.objects.create(
        number=next_gapless_number("account_statement", prefix="ST", on=by.today),
        customer=one,
        currency=currency,
        from_on=begin,
        until_on=until,
        opening=opening,
        closing=opening + sum((each.amount for each in new), ZERO),
        created_at=by.at,
        created_by_name=by.name,
    )
    StatementLine.objects.bulk_create(
        (
            StatementLine(
                statement=statement,
                position=at,
                kind=each.kind,
                source_id=each.source_id,
                number=each.number,
                day=each.day,
                due_on=each.due_on,
                amount=each.amount,
            )
            for at, each in enumerate(new, start=1)
        ),
        batch_size=1000,
    )
    record("statement.issued", subject=statement.subject, by=by, data=_facts(statement))
    return statement


@action
def send_statement(number: str, *, by: Actor) -> AccountStatement:
    """Mail a statement with its PDF and the address where it is answered; a job sends it.

    Raises: NotPermitted, NotFound, StatementAnswered, CustomerWithoutMail.
    """
    statement = _lock_open(get_statement(number, by=by, permission="statement.issue"))
    address = mail_address_of(statement.customer_id)
    if not address:
        raise CustomerWithoutMail(customer=statement.customer.name)
    statement.sent_to = address
    statement.save(update_fields=["sent_to"])
    record("statement.sent", subject=statement.subject, by=by, data=_facts(statement) | {"address": address})
    return statement


@action
def answer_statement(token: str, *, disputes: Mapping[int, str], name: str, at: datetime) -> AccountStatement:
    """Take what a customer says by the signed link: all agreed, or what is wrong, by position.

    Raises: NotFound, Malformed, StatementAnswered.
    """
    statement = _lock_open(statement_of_token(token))
    said_by = name.replace("\x00", "").strip()[:100]
    if not said_by:
        raise Malformed(details=[Detail("name", "required", _("This field is required."))])
    by = Actor(id=None, name=f"{statement.customer.name} ({said_by})", door="customer", at=at)
    return _answer(statement, disputes, by, told=["role:finance"])


@action
def note_statement_answer(number: str, *, disputes: Mapping[int, str], by: Actor) -> AccountStatement:
    """Note what a customer said by other ways. Raises: NotPermitted, NotFound, Malformed, StatementAnswered."""
    return _answer(_lock_open(get_statement(number, by=by, permission="statement.issue")), disputes, by, told=[])


@action
def void_statement(number: str, *, reason: str, by: Actor) -> AccountStatement:
    """Take the last statement of a customer back, to make it anew; what the customer confirmed stays.

    Raises: NotPermitted, NotFound, Malformed, StatementAnswered, StatementNotLast.
    """
    known = get_statement(number, by=by, permission="statement.issue")
    kept = reason.replace("\x00", "").strip()[:LONGEST_REMARK]
    if not kept:
        raise Malformed(details=[Detail("reason", "required", _("This field is required."))])
    lock_credit_account(known.customer_id, known.currency)
    statement = _lock_open(known)
    later = AccountStatement.objects.filter(
        customer_id=statement.customer_id, currency=statement.currency, from_on__gt=statement.from_on
    ).exclude(state="void")
    if later.exists():
        raise StatementNotLast(number=statement.number)
    statement.state, statement.void_reason = "void", kept
    statement.save(update_fields=["state", "void_reason"])
    statement.lines.update(is_void=True)
    record("statement.voided", subject=statement.subject, by=by, data=_facts(statement) | {"reason": kept})
    return statement


def mail_statement(statement: AccountStatement, *, address: str, message_id: str) -> None:
    """Mail a statement in the customer's language. Raises: smtplib's and the network's errors."""
    facts = {
        "number": statement.number,
        "from": statement.from_on,
        "until": statement.until_on,
        "balance": f"{said_amount(statement.closing, statement.currency)} {statement.currency}",
        "link": link_of_statement(statement),
    }
    with override(statement.customer.language):
        title = gettext("Statement of account %(number)s") % facts
        parts = (
            gettext("Please check our statement of account for %(from)s to %(until)s."),
            gettext("Closing balance: %(balance)s"),
            gettext("Confirm it, or tell us what is wrong: %(link)s"),
        )
        text = "\n\n".join(parts) % facts
        paper = pdf_of(paper_of_statement(statement))
    headers = {"Message-ID": message_id, "Auto-Submitted": "auto-generated"}
    mail = EmailMessage(title, f"{text}\n", to=[address], headers=headers)
    mail.attach(f"{statement.number}.pdf", paper, "application/pdf")
    mail.send()


def _lock_open(known: AccountStatement) -> AccountStatement:
    rows = AccountStatement.objects.select_for_update(of=("self",)).select_related("customer")
    statement = rows.get(pk=known.pk)
    if statement.state in ("confirmed", "void"):
        raise StatementAnswered(number=statement.number)
    return statement


def _answer(
    statement: AccountStatement, disputes: Mapping[int, str], by: Actor, *, told: list[str]
) -> AccountStatement:
    lines = {line.position: line for line in statement.lines.all()}
    wrong = []
    for position, remark in disputes.items():
        if position not in lines:
            wrong.append(Detail(f"lines[{position - 1}]", "unknown", _("There is no such line.")))
        elif not remark.strip() or "\x00" in remark or len(remark) > LONGEST_REMARK:
            wrong.append(Detail(f"lines[{position - 1}].remark", "required", _("Say what is wrong with this line.")))
    if wrong:
        raise Malformed(details=wrong)
    for position, line in lines.items():
        line.state = "disputed" if position in disputes else "confirmed"
        line.remark = disputes.get(position, "").strip()
    StatementLine.objects.bulk_update(lines.values(), ["state", "remark"], batch_size=1000)
    statement.state = "disputed" if disputes else "confirmed"
    statement.answered_at, statement.answered_by_name = by.at, by.name
    statement.save(update_fields=["state", "answered_at", "answered_by_name"])
    data = _facts(statement) | {"disputed": len(disputes), "notify": told}
    record(f"statement.{statement.state}", subject=statement.subject, by=by, data=data)
    return statement


def _facts(statement: AccountStatement) -> dict[str, object]:
    closing: Decimal = statement.closing
    known = {"number": statement.number, "closing": str(closing), "currency": statement.currency}
    return {**known, "party": statement.customer.name}
