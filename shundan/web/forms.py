"""What people typed: read it, keep it for the next try, and say at each place what is wrong."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor
from shundan.kernel.days import day_of_text
from shundan.kernel.errors import Detail, Malformed, Refused
from shundan.kernel.idempotency import answer_once
from shundan.kernel.money import parse_decimal
from shundan.ui.doors import is_fragment

LONGEST = 5000


class Given:
    """A posted form; reading a malformed value notes a problem under its path, `check` refuses them together."""

    def __init__(self, data: QueryDict) -> None:
        self.data = data
        self.problems: list[Detail] = []

    def text(self, name: str, default: str = "") -> str:
        """Return what was typed, without outer spaces."""
        value = self.data.get(name, default) or ""
        if "\x00" in value or len(value) > LONGEST:
            sentence = _("This text is too long or contains characters that cannot be stored.")
            self.problems.append(Detail(name, "invalid_text", sentence))
            return ""
        return value.strip()

    def flag(self, name: str) -> bool:
        """Tell whether a box was ticked."""
        return self.data.get(name, "") in ("1", "on", "true", "yes")

    def number(self, name: str, *, path: str = "") -> Decimal | None:
        """Return an exact number, or None where nothing was typed."""
        typed = self.text(name)
        if not typed:
            return None
        found = parse_decimal(typed)
        if found is None:
            self.problems.append(Detail(path or name, "not_a_number", _("Enter a number such as 1234.50.")))
        return found

    def needed(self, name: str, *, path: str = "") -> Decimal:
        """Return an exact number that must be there."""
        found = self.number(name, path=path)
        if found is None and not self.text(name):
            self.problems.append(Detail(path or name, "required", _("This field is required.")))
        return found if found is not None else Decimal(0)

    def day(self, name: str) -> date | None:
        """Return a day, or None where nothing was typed."""
        typed = self.text(name)
        if not typed:
            return None
        try:
            return day_of_text(typed)
        except ValueError:
            self.problems.append(Detail(name, "not_a_day", _("Enter a date such as 2026-01-31.")))
            return None

    def moment(self, name: str, *, zone: tzinfo) -> datetime | None:
        """Return a moment that was typed in this time zone, or None where nothing was typed."""
        typed = self.text(name)
        if not typed:
            return None
        try:
            found = datetime.fromisoformat(typed)
        except ValueError:
            self.problems.append(Detail(name, "not_a_moment", _("Enter a date and a time such as 2026-01-31T15:30.")))
            return None
        return found if found.tzinfo else found.replace(tzinfo=zone)

    def whole(self, name: str) -> int | None:
        """Return a small whole number such as a version or an id, or None."""
        typed = self.data.get(name, "")
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 16 else None

    def numbers(self, prefix: str) -> dict[str, Decimal]:
        """Return the numbers of the fields `prefix-key` that are not empty, by key."""
        found = {}
        for name in self.data:
            if name.startswith(f"{prefix}-"):
                number = self.number(name)
                if number is not None:
                    found[name[len(prefix) + 1 :]] = number
        return found

    def quantities(self) -> dict[int, Decimal]:
        """Return the quantities typed for lines, by position; a malformed one is noted at its line."""
        found = {}
        for name in self.data:
            position = name.removeprefix("quantity-")
            if position != name and position.isascii() and position.isdigit() and len(position) < 6:
                number = self.number(name, path=f"lines[{int(position) - 1}].quantity")
                found[int(position)] = number if number is not None else Decimal(0)
        return found

    def rows(self, prefix: str) -> list[dict[str, str]]:
        """Return the rows of fields named `prefix-3-part`, in their order; rows without any text are left out."""
        found: dict[int, dict[str, str]] = {}
        pattern = re.compile(rf"^{prefix}-(\d{{1,5}})-(\w+)$")
        for name in self.data:
            match = pattern.match(name)
            if match:
                found.setdefault(int(match[1]), {})[match[2]] = self.text(name)
        return [found[at] for at in sorted(found) if any(found[at].values())]

    def check(self) -> None:
        """Refuse if anything that was read is malformed. Raises: Malformed."""
        if self.problems:
            raise Malformed(details=self.problems)


def refusal_of_form(refusal: Refused, *, known: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return a refusal as the refusal component shows it.

    Details with a field of their own are left to the fields, and nothing is said twice.
    """
    shown, said = known or {}, "".join(refusal.message.split())
    return {
        "code": refusal.code,
        "message": refusal.message,
        "details": [
            str(detail.message)
            for detail in refusal.details
            if detail.path not in shown and "".join(str(detail.message).split()) not in said
        ],
        "link": None,
    }


def errors_of(refusal: Refused | None) -> dict[str, str]:
    """Return the sentence for each path, to stand at its field."""
    return {detail.path: str(detail.message) for detail in refusal.details} if refusal else {}


def problems_of(refusal: Refused | None) -> list[dict[str, str]]:
    """Return the summary at the top of a form: each problem with the id of its field."""
    return [{"field": f"f-{d.path}", "message": str(d.message)} for d in refusal.details] if refusal else []


def new_key() -> str:
    """Return the key that lets a form be sent twice and done once."""
    return str(uuid4())


def do_once(request: HttpRequest, *, by: Actor, work: Callable[[], str]) -> str:
    """Run the one write of a form, however often it is sent with its key; return the address to show next."""
    # Passwords are no part of it: a fingerprint of the payload is kept.
    unkept = ("csrfmiddlewaretoken", "password")
    payload = sorted((name, values) for name, values in request.POST.lists() if name not in unkept)

    def answer() -> tuple[int, Any]:
        return 303, {"url": work()}

    key = request.POST.get("idempotency_key") or None
    _status, body = answer_once(by=by, endpoint=f"web {request.path}"[:200], key=key, payload=payload, work=answer)
    return str(body["url"])


def go(request: HttpRequest, url: str) -> HttpResponse:
    """Send the browser to another page, also from inside an HTMX request."""
    if is_fragment(request):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url, status=303) if request.method == "POST" else HttpResponseRedirect(url)


def refused_fragment(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """Return a refusal as the notice that stands inside a dialog, beside its button."""
    context = {"refusal": refusal_of_form(refusal)}
    return render(request, "_refusal.html", context, status=refusal.status)
