"""Logistics: the list of waybills, one waybill with its way, and what people do with it."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shundan.fulfilment.actions import (
    ask_for_news,
    ask_label,
    cancel_waybill,
    correct_freight,
    enter_scan,
    fetch_label,
    guess_carriers,
    hand_out_pickup,
    import_carrier_events,
    report_delivery_problem,
    resolve_delivery_problem,
    settle_unsure_waybill,
    waybill_file,
)
from shundan.fulfilment.queries import (
    Waybill,
    all_carriers,
    get_waybill,
    has_label,
    list_waybills,
    usable_accounts,
)
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.orders.queries import may_do, timeline_of_papers
from shundan.ui.addresses import ship_address
from shundan.ui.doors import is_fragment, page
from shundan.ui.formatting import amount
from shundan.ui.prints import pdf_response
from shundan.web.customer_form import CURRENCIES
from shundan.web.forms import Given, errors_of, go, refusal_of_form, refused_fragment
from shundan.web.frame import frame, leave_message
from shundan.web.papers import Papers, show_papers
from shundan.web.timeline import timeline
from shundan.web.waybill_view import (
    PROBLEMS,
    TRACKING,
    carrier_name,
    errands_context,
    problems_of_waybill,
    way_of,
    waybill_details,
    waybill_row,
)
from shundan.web.words import options

VIEWS = (
    ("all", gettext_lazy("All")),
    ("waiting", gettext_lazy("Waiting for the carrier")),
    ("under_way", gettext_lazy("On the way")),
    ("problems", gettext_lazy("Delivery problems")),
    ("delivered", gettext_lazy("Delivered")),
)
# Of shorter numbers nothing can be said.
SHORTEST_GUESS = 7
# What people may report themselves; the rest is found by the house.
REPORTED = ("damaged", "exception", "returned")


@page("shipment.read")
def waybill_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show one page of waybills."""
    accounts = usable_accounts(by=by)
    files = [one for one in accounts if one.carrier == "file"] if by.may("shipment.ship") else []
    papers = Papers(
        place="logistics",
        title=_("Logistics"),
        views=VIEWS,
        find=lambda *, state, **more: list_waybills(view=state, **more),
        row=_row,
        placeholder=_("Waybill, tracking, shipment or order number"),
        empty_title=_("No waybills yet"),
        empty_text=_("A shipment is given to a carrier on its own page."),
        filters=("account",),
    )
    choices = {
        "accounts": [(one.code, one.name) for one in accounts],
        "files": [(one.name, reverse("logistics.files", kwargs={"code": one.code})) for one in files],
    }
    return show_papers(request, papers, by=by, choices=choices)


@page("shipment.read")
def show(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one waybill."""
    return _waybill_page(request, number, by)


@page("shipment.read")
def label(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Give out the label as PDF; where it is not here yet, a job asks the carrier for it."""
    try:
        content = fetch_label(number, by=by)
    except Refused as refusal:
        return _waybill_page(request, number, by, refusal=refusal)
    return pdf_response(content, number)


@page("shipment.ship", methods=("POST",))
def cancel(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Take a waybill back; a carrier that is spoken to is asked by a job."""
    only_here = Given(request.POST).flag("only_here")

    def work() -> None:
        made = cancel_waybill(number, by=by, only_here=only_here)
        said = _("The waybill was cancelled.") if made.state == "cancelled" else _("The carrier is asked to cancel it.")
        leave_message(request, said)

    return _done(request, number, by, work)


@page("shipment.read", methods=("POST",))
def want_label(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Have the label fetched from the carrier."""
    return _done(request, number, by, lambda: ask_label(number, by=by), _("The carrier is asked for the label."))


@page("shipment.read")
def progress(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show what the carrier is being asked for; the page is loaded anew when it has answered."""
    errands = errands_context(get_waybill(number, by=by))
    if not errands["is_waiting"]:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return render(request, "logistics/_errands.html", {"errands": errands})


@page("shipment.read")
def carrier_of(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Say whose tracking number it looks like while it is typed."""
    typed = request.GET.get("tracking", "").strip()[:60]
    names = [carrier_name(code) for code in guess_carriers(typed)] if len(typed) > SHORTEST_GUESS else []
    return render(request, "logistics/_carrier_of.html", {"names": names})


@page("shipment.read", methods=("POST",))
def ask(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Have the carrier asked for news now."""
    return _done(request, number, by, lambda: ask_for_news(number, by=by), _("The carrier is asked for news."))


@page("shipment.ship", methods=("POST",))
def scan(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Enter by hand what happened."""
    given = Given(request.POST)

    def work() -> None:
        state, text, place = given.text("state"), given.text("text"), given.text("place")
        given.check()
        enter_scan(number, state=state, text=text, place=place, by=by)

    return _done(request, number, by, work, _("The event was added."))


@page("shipment.read", methods=("POST",))
def report(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Report that something is wrong."""
    given = Given(request.POST)

    def work() -> None:
        kind, note = given.text("kind"), given.text("reason")
        given.check()
        report_delivery_problem(number, kind=kind or given.text("code"), note=note, by=by)

    return _done(request, number, by, work, _("The problem was reported."))


@page("shipment.ship", methods=("POST",))
def resolve(request: HttpRequest, number: str, problem_id: int, *, by: Actor) -> HttpResponse:
    """Close a problem with what was done about it."""
    given = Given(request.POST)

    def work() -> None:
        answer = given.text("answer")
        given.check()
        resolve_delivery_problem(problem_id, answer=answer, by=by)

    return _done(request, number, by, work, _("The problem is resolved."))


@page("shipment.ship", methods=("POST",))
def settle(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Answer for a booking of unknown outcome."""
    given = Given(request.POST)

    def work() -> None:
        tracking = given.text("tracking")
        given.check()
        settle_unsure_waybill(number, tracking_number=tracking, is_sure=given.flag("keep_number"), by=by)

    return _done(request, number, by, work, _("The waybill was settled."))


@page("shipment.freight", methods=("POST",))
def freight(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Put the freight right."""
    given = Given(request.POST)

    def work() -> None:
        billed, currency, reason = given.needed("amount"), given.text("currency"), given.text("reason")
        given.check()
        correct_freight(number, amount=billed, currency=currency, reason=reason, by=by)

    return _done(request, number, by, work, _("The freight was put right."))


@page("shipment.ship", methods=("POST",))
def hand_out(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Hand goods to who names the pick-up code."""
    given = Given(request.POST)

    def work() -> None:
        typed = given.text("pickup_code")
        given.check()
        hand_out_pickup(get_waybill(number, by=by).shipment.number, pickup_code=typed, by=by)

    return _done(request, number, by, work, _("The goods were handed out."))


@page("shipment.ship", methods=("GET", "POST"))
def files(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Download the waybills that a file carrier does not know yet; read its events."""
    if request.method == "POST":
        given = request.FILES.get("file")
        try:
            new = import_carrier_events(code, given.read() if given else b"", by=by)
        except Refused as refusal:
            return _files_page(request, code, by, refusal=refusal)
        leave_message(request, _("%(new)s new events were read.") % {"new": new})
        return go(request, reverse("logistics.list"))
    content = waybill_file(code, by=by)
    if "download" not in request.GET:
        return _files_page(request, code, by, waiting=content.count(b"\r\n") - 1)
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="waybills-{code}-{by.today.isoformat()}.csv"'
    return answer


def _files_page(
    request: HttpRequest, code: str, by: Actor, *, waiting: int = 0, refusal: Refused | None = None
) -> HttpResponse:
    context = {
        "page": frame(request, by, title=_("Files of %(carrier)s") % {"carrier": code}, active="logistics"),
        "back_url": reverse("logistics.list"),
        "waiting": waiting,
        "download_url": f"{request.path}?download=1",
        "submit_url": request.path,
        "refusal": refusal_of_form(refusal) if refusal else None,
        "states": [(state, str(word)) for state, word in TRACKING.items()],
    }
    return render(request, "logistics/files.html", context, status=refusal.status if refusal else 200)


def _done(request: HttpRequest, number: str, by: Actor, work: Callable[[], object], said: str = "") -> HttpResponse:
    try:
        work()
    except Refused as refusal:
        if is_fragment(request):
            return refused_fragment(request, refusal)
        return _waybill_page(request, number, by, refusal=refusal)
    if said:
        leave_message(request, said)
    return go(request, reverse("logistics.show", kwargs={"number": number}))


def _row(one: Waybill) -> dict[str, Any]:
    shipment = one.shipment
    return waybill_row(one) | {
        "customer": shipment.order.party_name,
        "place": " ".join(part for part in (shipment.order.ship_province, shipment.order.ship_city) if part),
        "order_number": shipment.order.number,
        "order_url": reverse("orders.show", kwargs={"number": shipment.order.number}),
    }


def _waybill_page(request: HttpRequest, number: str, by: Actor, *, refusal: Refused | None = None) -> HttpResponse:
    one = get_waybill(number, by=by)
    order, carrier = one.shipment.order, all_carriers().get(one.account.carrier)
    may_ship = may_do("shipment.ship", order, by=by)
    abilities = carrier.abilities if carrier else frozenset()
    is_open = one.state == "booked" and one.tracking not in ("delivered", "returned")
    context = {
        "page": frame(request, by, title=one.order_key, active="logistics"),
        "waybill": _row(one)
        | {
            "state": one.state,
            "shipment_number": one.shipment.number,
            "shipment_url": reverse("shipments.show", kwargs={"number": one.shipment.number}),
            "shipment_value": one.shipment.state,
            "address": ship_address(order),
            "contact": " ".join(part for part in (order.ship_contact, order.ship_phone) if part),
            "trouble": one.trouble or None,
            "pickup_code": one.pickup_code or None,
        },
        "details": waybill_details(one),
        "way": way_of(one),
        "problems": problems_of_waybill(one, may_answer=may_ship),
        "transitions": _steps(one, may_ship=may_ship, abilities=abilities),
        **_label_urls(one, abilities),
        "errands": errands_context(one),
        "may_ship": may_ship,
        "scan_url": reverse("logistics.scan", kwargs={"number": number}) if may_ship and is_open else None,
        "states": options(TRACKING),
        "hand_out_url": reverse("logistics.hand_out", kwargs={"number": number})
        if may_ship and is_open and one.pickup_code
        else None,
        "settle_url": reverse("logistics.settle", kwargs={"number": number})
        if may_ship and one.state == "unsure"
        else None,
        "freight": _freight(one, request, refusal, by),
        "events": timeline(timeline_of_papers(order, [one.subject], by=by)),
        "typed_number": request.POST.get("tracking", ""),
        "refusal": refusal_of_form(refusal) if refusal else None,
    }
    return render(request, "logistics/show.html", context, status=refusal.status if refusal else 200)


def _freight(one: Waybill, request: HttpRequest, refusal: Refused | None, by: Actor) -> dict[str, Any] | None:
    """Return the form that puts the freight right, for those who may; with what was typed where it was refused."""
    if one.state != "booked" or not may_do("shipment.freight", one.shipment.order, by=by):
        return None
    url = reverse("logistics.freight", kwargs={"number": one.order_key})
    is_here = request.method == "POST" and request.path == url
    kept = {"amount": amount(one.cost, one.currency) if one.cost is not None else "", "currency": one.currency}
    return {
        "url": url,
        "typed": {name: request.POST.get(name, "") for name in (*kept, "reason")} if is_here else kept,
        "error_of": errors_of(refusal) if is_here else {},
        "currencies": [(code, code) for code in dict.fromkeys([*CURRENCIES, one.currency])],
    }


def _label_urls(one: Waybill, abilities: frozenset[str]) -> dict[str, str | None]:
    """Return where the label lies, or where it is asked for; neither while it is on its way."""
    found: dict[str, str | None] = {"label_url": None, "want_label_url": None}
    if one.state != "booked" or "label" not in abilities:
        return found
    if has_label(one):
        found["label_url"] = reverse("logistics.label", kwargs={"number": one.order_key})
    elif not any(each.kind == "label" and each.state == "waiting" for each in one.errands.all()):
        found["want_label_url"] = reverse("logistics.want_label", kwargs={"number": one.order_key})
    return found


def _steps(one: Waybill, *, may_ship: bool, abilities: frozenset[str]) -> list[dict[str, Any]]:
    found = []
    is_over = one.tracking in ("delivered", "returned")
    is_asked = any(each.kind == "news" and each.state == "waiting" for each in one.errands.all())
    if one.state == "booked" and "track" in abilities and one.tracking_number and not is_over and not is_asked:
        found.append(_step(one, "ask", _("Ask for news"), "", "history"))
    if one.state == "booked":
        found.append(
            {
                **_step(one, "report", _("Report a problem"), "", "alert-triangle"),
                "reason": "needed",
                "codes": [(kind, str(PROBLEMS[kind])) for kind in REPORTED],
            }
        )
    tries = [each.state for each in one.errands.all() if each.kind == "cancel"]
    is_movable = one.state in ("asked", "unsure", "booked", "refused") and one.tracking in ("", "accepted")
    if may_ship and is_movable and "waiting" not in tries:
        ask_first = _("The carrier is told; the shipment can then be given to another one.")
        found.append({**_step(one, "cancel", _("Cancel waybill"), "danger", "circle-x"), "confirm": ask_first})
    return found


def _step(one: Waybill, name: str, label: str, kind: str, icon: str) -> dict[str, Any]:
    url = reverse(f"logistics.{name}", kwargs={"number": one.order_key})
    return {"name": name, "label": label, "kind": kind, "url": url, "allowed": True, "why": None, "icon": icon}
