"""Opening balances (期初余额): entered once when the company starts, taken back while its first period is open."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shundan.catalog.queries import COMPANY_CURRENCY
from shundan.kernel.actor import Actor
from shundan.kernel.db import TRIGGER_REFUSALS, action
from shundan.kernel.errors import Detail, Malformed, NotFound, Refused, require
from shundan.kernel.events import record
from shundan.kernel.money import ZERO, decimals_of, is_currency_code
from shundan.ledger.actions.posting import OPENING_LOCK, lock_writers, write_journals
from shundan.ledger.models import Journal, JournalLine, LedgerAccount, OpeningBalances
from shundan.ledger.queries.hand_over import OPENING_SOURCES
from shundan.ledger.queries.opening import details_of_accounts
from shundan.ledger.queries.sources import SOURCES, unposted
from shundan.ledger.rules.chart import OPENING
from shundan.ledger.rules.choosing import CREDIT, DEBIT, JournalRow, Posting, month_of
from shundan.ledger.rules.opening import MOST_LINES, OpeningLine, sums_of
from shundan.parties.models import Customer, Supplier

# Of a line: the column, a code and the sentence with the cure.
Fault = tuple[str, str, Promise]
LARGEST = Decimal(10) ** 15
LONGEST_REASON = 500


class OpeningUnbalanced(Refused):
    """Debits and credits differ."""

    code = "opening_unbalanced"
    sentence = _(
        "Debits are %(debit)s and credits %(credit)s: they differ by %(difference)s."
        " Correct the lines until both are equal."
    )


class OpeningEntered(Refused):
    """A company starts once."""

    code = "opening_entered"
    sentence = _("Opening balances are entered already. Take them back first, as long as the first period is open.")


class BooksBeforeOpening(Refused):
    """Journals would be counted in the opening balances and once more by themselves."""

    code = "books_before_opening"
    sentence = _("Journals are booked from %(first)s on. Choose that month or an earlier one as the first period.")


class BeforeOpening(Refused):
    """The day lies in the time that opening balances hold already."""

    code = "before_opening_balances"
    sentence = _(
        "The books begin on %(first)s: opening balances hold all that was before. Use that day or a later one."
    )


TRIGGER_REFUSALS["before_opening_balances"] = lambda facts: BeforeOpening(first=str(facts["first"]))


@action
def enter_opening_balances(starts_on: date, lines: Sequence[OpeningLine], *, by: Actor) -> OpeningBalances:
    """Book what stands on the accounts when the books begin, on the day before the first period.

    Raises: NotPermitted, Malformed, OpeningUnbalanced, OpeningEntered, BooksBeforeOpening, PeriodClosed.
    """
    require(by, "ledger.edit")
    starts_on = month_of(starts_on)
    rows = _rows(lines)
    debit, credit = sums_of(lines)
    if debit != credit:
        raise OpeningUnbalanced(debit=f"{debit:,.2f}", credit=f"{credit:,.2f}", difference=f"{debit - credit:,.2f}")
    eve = starts_on - timedelta(days=1)
    # Postings on their way are waited for; later ones see the balances.
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, 0)", [OPENING_LOCK])
    lock_writers([eve, starts_on])
    if OpeningBalances.objects.filter(state="posted").exists():
        raise OpeningEntered()
    first = _first_posted_before(starts_on)
    if first is not None:
        raise BooksBeforeOpening(first=first.isoformat())
    made = OpeningBalances.objects.create(starts_on=starts_on, total=debit, created_at=by.at, created_by_name=by.name)
    write_journals([(_posting(made, "opening", eve, "期初余额"), rows)], at=by.at)
    facts = {"period": f"{starts_on:%Y-%m}", "total": str(debit), "lines": len(rows)}
    record("opening_balances.entered", subject=made.subject, by=by, data=facts)
    return made


@action
def take_opening_balances_back(*, reason: str, by: Actor) -> OpeningBalances:
    """Take the opening balances back by a red journal, so that others can be entered.

    Raises: NotPermitted, NotFound, Malformed, PeriodClosed.
    """
    require(by, "ledger.edit")
    reason = reason.replace("\x00", "").strip()[:LONGEST_REASON]
    if not reason:
        raise Malformed(details=[Detail("reason", "required", _("This field is required."))])
    seen = OpeningBalances.objects.filter(state="posted").first()
    if seen is None:
        raise NotFound(what="opening balances", key="")
    eve = seen.starts_on - timedelta(days=1)
    lock_writers([eve, seen.starts_on])
    made = OpeningBalances.objects.select_for_update().filter(pk=seen.pk, state="posted").first()
    if made is None:
        raise NotFound(what="opening balances", key="")
    lines = JournalLine.objects.filter(journal__source_kind="opening", journal__source_id=made.pk).order_by("position")
    rows = [_row_of(line).red() for line in lines]
    write_journals([(_posting(made, "opening_reversal", eve, "冲回期初余额"), rows)], at=by.at)
    made.state, made.reason = "reversed", reason
    made.reversed_at, made.reversed_by_name = by.at, by.name
    made.save()
    facts = {"period": f"{made.starts_on:%Y-%m}", "total": str(made.total), "reason": reason}
    record("opening_balances.reversed", subject=made.subject, by=by, data=facts)
    return made


def _first_posted_before(day: date) -> date | None:
    """Return the first day before another one on which something was posted, with a journal or without one yet."""
    earlier = Journal.objects.filter(booked_on__lt=day).exclude(source_kind__in=OPENING_SOURCES)
    found = list(earlier.order_by("booked_on").values_list("booked_on", flat=True)[:1])
    for kind, source in SOURCES.items():
        rows = unposted(kind)
        if rows is not None:
            before = rows.filter(**{f"{source.day}__lt": day}).order_by(source.day)
            found += before.values_list(source.day, flat=True)[:1]
    return min(found, default=None)


def _posting(made: OpeningBalances, kind: str, on: date, text: str) -> Posting:
    return Posting(
        source=(kind, made.pk),
        on=on,
        number=f"OB-{made.pk}",
        subject=("opening_balances", f"OB-{made.pk}"),
        currency=COMPANY_CURRENCY,
        exchange_rate=Decimal(1),
        text=f"{text} {made.starts_on:%Y-%m}",
        parts=(),
    )


def _row_of(line: JournalLine) -> JournalRow:
    side = DEBIT if line.is_debit else CREDIT
    parties = (line.customer_id, line.supplier_id, line.department_id, line.category_id)
    amount = line.debit if line.is_debit else line.credit
    return JournalRow(line.role, line.account_id, side, parties, amount, line.document_amount, line.currency)


def _rows(lines: Sequence[OpeningLine]) -> list[JournalRow]:
    """Return the lines as those of a journal, debits first. Raises: Malformed."""
    if not 0 < len(lines) <= MOST_LINES:
        sentence = _("Enter between 1 and %(most)s lines.") % {"most": f"{MOST_LINES:,}"}
        raise Malformed(details=[Detail("lines", "out_of_range", sentence)])
    accounts = {one.code: one for one in LedgerAccount.objects.filter(is_active=True)}
    details = details_of_accounts()
    customers = _ids(Customer.objects.filter(number__in={one.customer for one in lines if one.customer}))
    suppliers = _ids(Supplier.objects.filter(number__in={one.supplier for one in lines if one.supplier}))
    wrong: list[Detail] = []
    rows: list[JournalRow] = []
    for at, one in enumerate(lines):
        account = accounts.get(one.account)
        detail = details.get(account.pk, "") if account else ""
        faults = [*_faults_of_parties(one, detail, account is not None, customers, suppliers), *_faults_of_amounts(one)]
        wrong += [Detail(f"lines[{at}].{path}", code, sentence) for path, code, sentence in faults]
        if account is None or faults:
            continue
        side, amount = (DEBIT, one.debit) if one.debit else (CREDIT, one.credit)
        is_foreign = one.currency not in ("", COMPANY_CURRENCY)
        rows.append(
            JournalRow(
                OPENING,
                account.pk,
                side,
                (customers.get(one.customer), suppliers.get(one.supplier), None, None),
                amount,
                one.amount if is_foreign and one.amount is not None else amount,
                one.currency if is_foreign else "",
            )
        )
    if wrong:
        raise Malformed(details=wrong[:100])
    return [row for row in rows if row.side == DEBIT] + [row for row in rows if row.side == CREDIT]


def _ids(rows: object) -> dict[str, int]:
    return dict(rows.values_list("number", "pk"))  # type: ignore[attr-defined]


def _faults_of_parties(
    one: OpeningLine,
    detail: str,
    is_account_known: bool,
    customers: Mapping[str, int],
    suppliers: Mapping[str, int],
) -> list[Fault]:
    if not is_account_known:
        return [("account", "unknown", _("There is no such account, or it is retired."))]
    found: list[Fault] = []
    for path, number, known in (("customer", one.customer, customers), ("supplier", one.supplier, suppliers)):
        if detail == path and not number:
            found.append((path, "required", _("This account is kept by customer or supplier: name one.")))
        elif number and detail != path:
            found.append((path, "not_wanted", _("This account is not kept by customer or supplier here.")))
        elif number and number not in known:
            found.append((path, "unknown", _("There is none with this number.")))
    return found


def _faults_of_amounts(one: OpeningLine) -> list[Fault]:
    found: list[Fault] = []
    if (one.debit == ZERO) is (one.credit == ZERO):
        found.append(("debit", "one_side", _("Enter the amount on one side: debit or credit.")))
    for path, value in (("debit", one.debit), ("credit", one.credit)):
        if abs(value) >= LARGEST or value != round(value, 2):
            found.append((path, "out_of_range", _("Use an amount with at most 2 decimals.")))
    if one.currency in ("", COMPANY_CURRENCY):
        return found
    if not is_currency_code(one.currency):
        return [*found, ("currency", "unknown", _("Choose one of the offered values."))]
    worth, places = one.debit or one.credit, decimals_of(one.currency)
    if one.amount is None or one.amount == ZERO:
        found.append(("amount", "required", _("Enter the amount in the foreign currency, too.")))
    elif abs(one.amount) >= LARGEST or one.amount != round(one.amount, places) or (one.amount > 0) is not (worth > 0):
        found.append(("amount", "out_of_range", _("Use an amount of the same sign with the decimals of its currency.")))
    return found
