"""What every page for scanners shares: the answer that one hears and sees from afar, and what its camera may run."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.ui.doors import is_fragment
from shundan.ui.policies import SCANNER_POLICIES
from shundan.web.forms import Given, new_key
from shundan.web.frame import frame

Answer = dict[str, str]


def said(text: str, *, tone: str = "good", note: str = "") -> Answer:
    """Return the answer to a scan: good, or a step that counts nothing (info)."""
    return {"tone": tone, "text": text, "note": note, "code": ""}


def refused_scan(refusal: Refused, *, asked: str = "") -> Answer:
    """Return a refusal as the loud answer to a scan; the code `asked` may be scanned again to be taken instead."""
    note = " ".join(str(detail.message) for detail in refusal.details)
    if asked:
        note = _("If that is the one to take, scan it again: it is swapped.")
    return {"tone": "bad", "text": refusal.message, "note": note, "code": refusal.code, "asked": asked}


def show_scanner(
    request: HttpRequest,
    by: Actor,
    template: str,
    *,
    title: str,
    answer: Answer | None = None,
    active: str = "scan",
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """Show a page for a scanner, or after a scan only what changed in it (`template` with `_` before its name)."""
    folder, _slash, name = template.rpartition("/")
    facts = {"answer": answer, "key": new_key(), "submit_url": request.path, **context}
    if is_fragment(request):
        return render(request, f"{folder}/_{name}", facts, status=status)
    facts["page"] = frame(request, by, title=title, active=active)
    response = render(request, template, facts, status=status)
    for header, value in SCANNER_POLICIES.items():
        response.headers[header] = value
    return response


def scanned_code(given: Given) -> str:
    """Return the code as it came; scanners send group separators, which are no spaces.

    The square on our papers is the address of a page, which ends with the number.
    """
    code = given.data.get("code", "")[:200].strip("\r\n\t ")
    if code.startswith(f"{settings.PUBLIC_URL}/"):
        return code.rstrip("/").rpartition("/")[2]
    return code
