"""Coupons: the codes of a promotion, who used them, and what one takes off an order."""

from collections.abc import Callable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.orders.queries.coupons import coupon_refusal, list_coupon_uses, off_by_coupon_of
from shundan.orders.queries.record import lines_of
from shundan.pricing.actions import add_coupon, draw_coupons, note_coupons_exported, set_coupon_status
from shundan.pricing.queries import MOST_AT_ONCE, Promotion, get_promotion, list_coupons
from shundan.ui.doors import page
from shundan.web.exports import Cell, csv_file, file_form, xlsx_file
from shundan.web.forms import Given, do_once, errors_of, go, new_key, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.lists import State, plain_list, state_of
from shundan.web.price_words import STATUSES
from shundan.web.words import name_of, options

STEP = 200


def coupon_shown(order: Any) -> dict[str, Any] | None:
    """Return the coupon of an order, what it takes off and why a draft cannot use it (Any: faces know no tables)."""
    if order is None or not order.coupon_code:
        return None
    refusal = coupon_refusal(order)
    return {
        "code": order.coupon_code,
        "off": str(off_by_coupon_of(lines_of(order))),
        "refusal": refusal.message if refusal else "",
    }


def uses_text(one: Any) -> str:
    """Return how often the codes of a promotion are used, and how many uses are left (Any: faces know no tables)."""
    if one.most_uses is None:
        return _("used: %(n)s") % {"n": one.uses}
    left = max(0, one.most_uses - one.uses)
    return _("used: %(n)s, left: %(left)s") % {"n": one.uses, "left": left}


def coupons_of(one: Promotion) -> dict[str, str]:
    """Return where the codes and uses of a promotion are, and how many there were."""
    named = {"code": one.code}
    return {
        "url": reverse("coupons.list", kwargs=named),
        "uses_url": reverse("coupons.uses", kwargs=named),
        "text": _("Holds only with a code: %(uses)s") % {"uses": uses_text(one)},
    }


@page("price.read")
def codes(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Show the codes of a promotion, with the forms that make them for who keeps prices."""
    return _codes(request, code, by)


@page("price.edit", methods=("POST",))
def add(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Make a code that many share."""
    given = Given(request.POST)

    def work() -> str:
        return add_coupon(code, given.text("code"), by=by).code

    return _done(request, code, by, work=lambda: _("The code %(code)s was added.") % {"code": _once(request, by, work)})


@page("price.edit", methods=("POST",))
def draw(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Make a batch of codes that count once each."""
    given = Given(request.POST)

    def work() -> str:
        return str(len(draw_coupons(code, given.whole("count") or 0, by=by)))

    return _done(request, code, by, work=lambda: _("%(n)s codes were made.") % {"n": _once(request, by, work)})


@page("price.edit", methods=("POST",))
def set_status(request: HttpRequest, code: str, coupon: str, *, by: Actor) -> HttpResponse:
    """Take a code out of use, or into it again."""

    def work() -> str:
        found = set_coupon_status(coupon, Given(request.POST).text("status"), by=by)
        words = _("%(code)s is in use again.") if found.status == "active" else _("%(code)s is out of use.")
        return words % {"code": found.code}

    return _done(request, code, by, work=work)


@page("price.edit")
def export(request: HttpRequest, code: str, *, by: Actor) -> HttpResponseBase:
    """Give out the codes of the list's filter as XLSX or CSV."""
    state, promotion = state_of(request), get_promotion(code, by=by)
    form = file_form(state)
    note_coupons_exported(promotion, form=form, by=by)
    head = [_("Coupon code"), _("Promotion"), _("Valid from"), _("Valid to"), _("Status"), _("Uses"), _("Allowed uses")]
    rows, name = list(_exported(promotion, state, by)), f"coupons-{promotion.code}-{by.today.isoformat()}"
    return csv_file(name, head, rows) if form == "csv" else xlsx_file(name, head, rows)


@page("price.read")
def uses(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Show the orders that use a promotion's coupons, or gave one back."""
    state, promotion = state_of(request), get_promotion(code, by=by)
    found = list_coupon_uses(
        promotion, by=by, search=state.text("q"), cursor=state.cursor, limit=state.size, counted=True
    )
    url = reverse("coupons.uses", kwargs={"code": promotion.code})
    context = _around(request, promotion, by, active=1) | plain_list(
        state,
        found,
        [_use(one) for one in found.items],
        url=url,
        placeholder=_("Order, customer or code"),
        caption=_("List of uses"),
        empty_title=_("Not used yet"),
        empty_text=_("An order stands here from its submission on, when it gives one of the codes."),
    )
    return render(request, "coupons/uses.html", context)


def _codes(request: HttpRequest, code: str, by: Actor, refusal: Refused | None = None) -> HttpResponse:
    state, promotion = state_of(request), get_promotion(code, by=by)
    found = list_coupons(
        promotion,
        by=by,
        search=state.text("q"),
        status=state.choice("status", ("active", "retired", "unused", "used"), ""),
        cursor=state.cursor,
        limit=state.size,
        counted=True,
    )
    url = reverse("coupons.list", kwargs={"code": promotion.code})
    may_edit = by.may("price.edit") and promotion.needs_code
    listed = plain_list(
        state,
        found,
        [_coupon(one, promotion) for one in found.items],
        url=url,
        placeholder=_("Coupon code"),
        caption=_("Codes"),
        empty_title=_("No codes yet"),
        empty_text=_("One code that many share, or a batch of codes that count once each."),
    )
    export_url = reverse("coupons.export", kwargs={"code": promotion.code})
    context = _around(request, promotion, by, active=0) | listed
    context |= {
        "may_edit": may_edit,
        "exports": [(form.upper(), f"{export_url}?format={form}&{state.filter_string()}") for form in ("xlsx", "csv")],
        "key": new_key(),
        "most": MOST_AT_ONCE,
        "values": {name: request.POST.get(name, "") for name in ("code", "count")},
        "choices": {"statuses": [*options(STATUSES), ("unused", _("Unused")), ("used", _("Already used"))]},
        "query": {"status": state.text("status")},
        "refusal": refusal_of_form(refusal, known={d.path: "" for d in refusal.details}) if refusal else None,
        "error_of": errors_of(refusal),
    }
    return render(request, "coupons/codes.html", context, status=refusal.status if refusal else 200)


def _around(request: HttpRequest, promotion: Promotion, by: Actor, *, active: int) -> dict[str, Any]:
    named = {"code": promotion.code}
    places = ((_("Codes"), "coupons.list"), (_("List of uses"), "coupons.uses"))
    return {
        "page": frame(request, by, title=_("Coupons of %(name)s") % {"name": name_of(promotion)}, active="promotions"),
        "promotion": {
            "name": name_of(promotion),
            "code": promotion.code,
            "url": reverse("promotions.show", kwargs=named),
            "uses": uses_text(promotion),
            "valid_from": promotion.valid_from,
            "valid_to": promotion.valid_to,
            "each": promotion.most_uses_each,
        },
        "views": [
            {"label": label, "url": reverse(place, kwargs=named), "active": at == active, "count": None}
            for at, (label, place) in enumerate(places)
        ],
    }


def _coupon(one: Any, promotion: Promotion) -> dict[str, Any]:
    return {
        "id": str(one.pk),
        "name": one.code,
        "uses": str(one.uses) if one.most_uses is None else f"{one.uses} / {one.most_uses}",
        "is_shared": one.most_uses is None,
        "made_at": one.made_at,
        "state": "active" if one.status == "active" else "inactive",
        "next_status": "retired" if one.status == "active" else "active",
        "status_url": reverse("coupons.status", kwargs={"code": promotion.code, "coupon": one.code}),
    }


def _use(one: Any) -> dict[str, Any]:
    return {
        "id": str(one.pk),
        "name": one.order.number,
        "url": reverse("orders.show", kwargs={"number": one.order.number}),
        "coupon": one.coupon.code,
        "customer": one.customer.name,
        "amount": one.amount,
        "currency": one.order.currency,
        "at": one.at,
        "given_back_at": one.given_back_at,
    }


def _exported(promotion: Promotion, state: State, by: Actor) -> Iterator[list[Cell]]:
    cursor = None
    while True:
        found = list_coupons(
            promotion, by=by, search=state.text("q"), status=state.text("status"), cursor=cursor, limit=STEP
        )
        for one in found.items:
            days = [promotion.valid_from, promotion.valid_to]
            yield [one.code, name_of(promotion), *days, str(STATUSES[one.status]), one.uses, one.most_uses]
        cursor = found.next
        if cursor is None:
            return


def _once(request: HttpRequest, by: Actor, work: Callable[[], str]) -> str:
    return do_once(request, by=by, work=work)


def _done(request: HttpRequest, code: str, by: Actor, *, work: Callable[[], str]) -> HttpResponse:
    try:
        said = work()
    except Refused as refusal:
        return _codes(request, code, by, refusal)
    leave_message(request, said)
    return go(request, reverse("coupons.list", kwargs={"code": code}))


routes = [
    path("promotions/<str:code>/coupons/", codes, name="coupons.list"),
    path("promotions/<str:code>/coupons/add/", add, name="coupons.add"),
    path("promotions/<str:code>/coupons/draw/", draw, name="coupons.draw"),
    path("promotions/<str:code>/coupons/export/", export, name="coupons.export"),
    path("promotions/<str:code>/coupons/<str:coupon>/status/", set_status, name="coupons.status"),
    path("promotions/<str:code>/coupon-uses/", uses, name="coupons.uses"),
]
