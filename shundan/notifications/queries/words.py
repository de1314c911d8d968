"""The words of a notice, in the language that is active when somebody reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from shundan.kernel.money import said_amount
from shundan.notifications.models import Notice


@dataclass(frozen=True, slots=True)
class Words:
    """One sentence, and what to know before opening it."""

    sentence: str
    detail: str


SENTENCES: Mapping[str, str | Promise] = {
    "approval_asked": _("%(title)s waits for your decision"),
    "approval_nudged": _("%(who)s reminds you: %(title)s waits for your decision"),
    "approval_handed_on": _("%(title)s was handed on, because you did not answer in time"),
    "approval_copied": _("%(who)s sent you a copy of %(title)s"),
    "approval_commented": _("%(who)s commented on %(title)s"),
    "stock_alerted": _("Stock needs attention: %(words)s"),
    "order_promise_slipped": _("%(title)s will be delivered later than promised"),
    "order_promise_made": _("%(title)s can be promised a day now"),
    "order_supplier_answered": _("%(title)s: the supplier answered otherwise than ordered"),
    "stock_expired": _("%(title)s has expired"),
    "document_moved": _("%(title)s: %(words)s"),
}
ENDINGS: Mapping[str, str | Promise] = {
    "approved": _("%(title)s was approved by %(who)s"),
    "rejected": _("%(title)s was rejected by %(who)s"),
    "sent_back": _("%(title)s was sent back to you by %(who)s"),
    "withdrawn": _("%(title)s was withdrawn by %(who)s"),
}
KIND_LABELS: Mapping[str, str | Promise] = {
    "approval_asked": _("Something waits for my decision"),
    "approval_nudged": _("Somebody reminds me"),
    "approval_ended": _("What I asked for was decided"),
    "approval_handed_on": _("My task was handed on, because I did not answer in time"),
    "approval_copied": _("Somebody sends me a copy"),
    "approval_commented": _("Comments on approvals"),
    "stock_alerted": _("Stock needs attention"),
    "order_promise_slipped": _("A promised delivery day slips"),
    "order_promise_made": _("A delivery day can be promised after all"),
    "order_supplier_answered": _("A supplier answers otherwise than ordered"),
    "stock_expired": _("Stock has expired"),
    "document_moved": _("A document moved on"),
}


def words_of(notice: Notice) -> Words:
    """Return what a notice says."""
    facts = notice.facts
    known = ENDINGS if notice.kind == "approval_ended" else SENTENCES
    pattern = known.get(str(facts.get("state", "")) if known is ENDINGS else notice.kind, SENTENCES["document_moved"])
    said = {
        "title": str(facts.get("title", "")),
        "who": _name(facts),
        "words": _happened(facts),
    }
    parts = (_more(facts), facts.get("party"), _amount(facts), _why(facts), facts.get("remark"))
    return Words(str(pattern) % said, " · ".join(str(one) for one in parts if one))


def _name(facts: Mapping[str, Any]) -> str:
    name = str(facts.get("who", ""))
    return str(_("the system")) if name == "system" else name


def _happened(facts: Mapping[str, Any]) -> str:
    words = facts.get("words_en" if _is_english() else "words_zh")
    return str(words or _("there is news"))


def _more(facts: Mapping[str, Any]) -> str:
    """Return how many more events of the same the notice has gathered."""
    count = len(facts.get("also", ()))
    return str(_("and %(n)s more") % {"n": count}) if count else ""


def _amount(facts: Mapping[str, Any]) -> str:
    if not facts.get("amount"):
        return ""
    currency = str(facts.get("currency", ""))
    return f"{currency} {said_amount(Decimal(str(facts['amount'])), currency)}".strip()


def _why(facts: Mapping[str, Any]) -> str:
    return str(facts.get("why_en" if _is_english() else "why_zh") or "")


def _is_english() -> bool:
    return (get_language() or "").startswith("en")
