"""Words of the ledger: roles, kinds of account, what was posted, forms of files, comparisons; and its tabs."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor
from shundan.ui.names import is_english

Word = str | Promise
ROLE_WORDS: dict[str, Word] = {
    "receivable": _("Receivables"),
    "advance": _("Money on account"),
    "revenue": _("Revenue"),
    "output_tax": _("Output tax"),
    "money": _("Money"),
    "write_off": _("Written off"),
    "rest_income": _("Small rests kept"),
    "exchange": _("Exchange differences"),
    "bank_fee": _("Bank fees"),
    "discount_cost": _("Cost of discounting drafts"),
    "compensation": _("Deposits returned twofold"),
    "payable": _("Payables"),
    "prepaid": _("Prepayments to suppliers"),
    "received_goods": _("Goods received, not billed"),
    "purchased_service": _("Services bought"),
    "input_tax": _("Input tax"),
    "stock": _("Stock"),
    "cost_of_goods": _("Cost of goods sold"),
    "stock_difference": _("Stock differences"),
    "cost_variance": _("Cost variances"),
}
# Lines of journals have one more; no rule sends anything there.
LINE_WORDS: dict[str, Word] = {**ROLE_WORDS, "opening": _("Opening balance")}
ACCOUNT_KIND_WORDS: dict[str, Word] = {
    "asset": _("Assets"),
    "liability": _("Liabilities"),
    "equity": _("Equity"),
    "income": _("Income"),
    "expense": _("Costs and expenses"),
}
SOURCE_WORDS: dict[str, Word] = {
    "invoice": _("Invoice"),
    "payment": _("Payment received"),
    "payment_reversal": _("Payment reversed"),
    "allocation": _("Allocation"),
    "refund": _("Refund"),
    "bill": _("Bill"),
    "disbursement": _("Payment made"),
    "disbursement_reversal": _("Payment taken back"),
    "prepayment": _("Prepayment"),
    "prepayment_return": _("Prepayment returned"),
    "draft": _("Acceptance draft"),
    "goods": _("Goods moved"),
    "opening": _("Opening balances"),
    "opening_reversal": _("Opening balances taken back"),
    "revaluation": _("Revaluation"),
    "revaluation_reversal": _("Revaluation taken back"),
}
FORM_WORDS: dict[str, Word] = {
    "csv": _("CSV for any system"),
    "yonyou": _("Yonyou (U8, T3, Chanjet)"),
    "kingdee": _("Kingdee (K/3, KIS)"),
    "rest": _("REST, fetched page by page"),
}
CHECK_WORDS: dict[str, Word] = {
    "receivable": _("Receivables against open invoices"),
    "advance": _("Money on account against payments"),
    "payable": _("Payables against open bills"),
    "prepaid": _("Prepayments against what suppliers hold"),
    "orders": _("Invoices against orders"),
    "balance": _("Debits against credits"),
}
LEDGER_EVENTS: dict[str, tuple[str, str, Word]] = {
    "accounting_period.closed": ("lock", "quiet", _("closed the accounting period %(period)s")),
    "accounting_period.reopened": ("lock", "warn", _("reopened the accounting period %(period)s")),
    "journals.handed_over": ("send", "accent", _("handed journals over in batch %(number)s")),
    "journals.hand_over_taken_back": ("arrow-back-up", "warn", _("took batch %(number)s back")),
    "ledger.revalued": ("coin", "accent", _("revalued %(currency)s of %(period)s")),
    "opening_balances.entered": ("pencil", "accent", _("entered the opening balances of %(period)s")),
    "opening_balances.reversed": ("arrow-back-up", "warn", _("took the opening balances back")),
    "ledger.proved": ("check", "quiet", _("compared journals with the books")),
    "ledger_account.saved": ("pencil", "accent", _("saved account %(code)s")),
    "posting_rule.removed": ("trash", "warn", _("removed a posting rule")),
    "posting_rule.saved": ("pencil", "accent", _("sent postings to account %(account)s")),
}
_TABS = (
    ("journals.list", _("Journals")),
    ("ledger.balance", _("Trial balance")),
    ("ledger.accounts", _("Accounts and rules")),
    ("opening.show", _("Opening balances")),
    ("ledger.periods", _("Accounting periods")),
    ("revaluation.show", _("Revaluation")),
    ("hand_overs.list", _("Hand-overs")),
    ("ledger.proof", _("Proof")),
)
# Where the document of a journal has its page, by the kind of its subject.
_PAGES = {
    "invoice": "invoices.show",
    "payment": "payments.show",
    "bill": "bills.show",
    "prepayment": "prepayments.show",
    "acceptance_draft": "drafts.show",
    "shipment": "shipments.show",
    "receipt": "receipts.show",
}


def ledger_tabs(active: str) -> list[dict[str, Any]]:
    """Return the tabs that all pages of the ledger share."""
    return [
        {"label": str(label), "url": reverse(name), "active": name == active, "count": None} for name, label in _TABS
    ]


def journals_url(number: str, by: Actor) -> str | None:
    """Return the journals of a document, for whoever may see them."""
    return f"{reverse('journals.list')}?{urlencode({'q': number})}" if by.may("ledger.read") else None


def account_name(one: Any) -> str:
    """Return an account's name in the reader's language (Any: a row of the domain)."""
    name = one.name_en if is_english() and one.name_en else one.name_zh
    return str(name)


def document_url(kind: str, key: str) -> str | None:
    """Return the page of a journal's document."""
    return reverse(_PAGES[kind], kwargs={"number": key}) if kind in _PAGES else None
