"""Promotions, and what each role may grant: the list, adding and changing one, the limits on one page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from shundan.accounts.queries import role_codes, role_labels
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Refused
from shundan.kernel.money import parse_decimal
from shundan.pricing.actions import LimitInput, PromotionInput, TargetInput, save_limits, save_promotion
from shundan.pricing.queries import Promotion, get_promotion, list_limits, list_promotions, timeline_of_offer
from shundan.ui.doors import page
from shundan.ui.names import is_english
from shundan.web.coupons import coupons_of, uses_text
from shundan.web.forms import Given, do_once, errors_of, go, new_key, problems_of, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.lists import plain_list, state_of
from shundan.web.offer_form import (
    choices_of,
    kept_offer,
    new_offer,
    read_offer,
    row_number,
    shown_number,
    targets_of,
    typed_offer,
    whole_of,
)
from shundan.web.price_words import KINDS, audience_text, promotion_text
from shundan.web.timeline import timeline
from shundan.web.words import name_of

NUMBERS = ("percent", "amount", "least_amount", "buy_quantity", "free_quantity")
WHOLES = ("most_uses", "most_uses_each")
LIMITS = ("most_discount", "least_margin")


@page("price.read")
def promotion_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show one page of promotions."""
    state = state_of(request)
    found = list_promotions(
        by=by,
        search=state.text("q"),
        status=state.choice("status", ("active", "retired"), ""),
        cursor=state.cursor,
        limit=state.size,
        counted=True,
    )
    create_url = reverse("promotions.new") if by.may("price.edit") else None
    context = {
        "page": frame(request, by, title=_("Promotions"), active="promotions", create_url=create_url),
        "views": [],
        "choices": {"statuses": choices_of(by)["statuses"]},
        "query": {"status": state.text("status")},
        **plain_list(
            state,
            found,
            [_row(one) for one in found.items],
            url=reverse("promotions.list"),
            placeholder=_("Code or name"),
            caption=_("Promotions"),
            create_label=_("New promotion"),
            empty_title=_("No promotions yet"),
            empty_text=_("Something off for some customers during some days: a percentage, goods for free, a bundle."),
        ),
    }
    return render(request, "promotions/list.html", context)


@page("price.edit", methods=("GET", "POST"))
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Add a promotion."""
    return _form(request, by, None)


@page("price.read")
def show(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Show a promotion as a form; only who keeps prices can change it."""
    return _form(request, by, get_promotion(code, by=by))


@page("price.edit", methods=("POST",))
def save(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Change a promotion on the version that the reader saw."""
    return _form(request, by, get_promotion(code, by=by))


def _form(request: HttpRequest, by: Actor, one: Promotion | None) -> HttpResponse:
    blank = dict.fromkeys((*NUMBERS, *WHOLES), "")
    values = _kept(one) if one else new_offer() | blank | {"kind": "percent", "targets": []}
    given, refusal = Given(request.POST), None
    if request.method == "POST":
        values = _typed(given)

        def work() -> str:
            wanted = _read(given, one.code if one else given.text("code"))
            return save_promotion(wanted, version=given.whole("version") or 0 if one else None, by=by).code

        try:
            code = do_once(request, by=by, work=work)
        except Refused as refused:
            refusal = refused
        else:
            leave_message(request, _("The promotion was saved."))
            return go(request, reverse("promotions.show", kwargs={"code": code}))
    context = {
        "page": frame(request, by, title=name_of(one) if one else _("New promotion"), active="promotions"),
        "submit_url": reverse("promotions.save", kwargs={"code": one.code}) if one else request.path,
        "cancel_url": reverse("promotions.list"),
        "key": new_key(),
        "version": one.version if one else None,
        "may_edit": by.may("price.edit"),
        "values": values,
        "targets": values["targets"],
        "coupons": coupons_of(one) if one and one.needs_code else None,
        "choices": choices_of(by),
        "events": timeline(timeline_of_offer(one)) if one else [],
        "refusal": refusal_of_form(refusal, known={d.path: "" for d in refusal.details}) if refusal else None,
        "errors": problems_of(refusal),
        "error_of": errors_of(refusal),
    }
    return render(request, "promotions/edit.html", context, status=refusal.status if refusal else 200)


def _read(given: Given, code: str) -> PromotionInput:
    """Return what was typed as the domain takes it. Raises: Malformed."""
    targets = [
        TargetInput(
            sku=row.get("sku", ""),
            category=row.get("category", ""),
            quantity=row_number(given, row, "quantity", f"targets[{at}].quantity", default=None),
        )
        for at, row in enumerate(given.rows("target"))
    ]
    numbers: dict[str, Any] = {name: given.number(name) for name in NUMBERS}
    numbers |= {name: whole_of(given, name, 0) or None for name in WHOLES}
    found = PromotionInput(
        **read_offer(given, code),
        **numbers,
        kind=given.text("kind"),
        is_exclusive=given.flag("is_exclusive"),
        repeats=given.flag("repeats"),
        needs_code=given.flag("needs_code"),
        gift=given.text("gift"),
        targets=tuple(targets),
    )
    given.check()
    return found


def _kept(one: Promotion) -> dict[str, Any]:
    numbers = {name: shown_number(getattr(one, name)) for name in NUMBERS}
    gift = {"gift": one.gift.sku if one.gift else "", "gift_name": name_of(one.gift) if one.gift else ""}
    rest = {"kind": one.kind, "is_exclusive": one.is_exclusive, "repeats": one.repeats, "needs_code": one.needs_code}
    rest |= {name: getattr(one, name) or "" for name in WHOLES}
    return kept_offer(one) | numbers | gift | rest | {"targets": targets_of(list(one.targets.all()))}


def _typed(given: Given) -> dict[str, Any]:
    values = {name: given.data.get(name, "") for name in (*NUMBERS, *WHOLES, "kind", "gift")}
    flags = {name: given.flag(name) for name in ("is_exclusive", "repeats", "needs_code")}
    rows = [{"label": row.get("sku", ""), **row} for row in given.rows("target")]
    return typed_offer(given) | values | flags | {"gift_name": values["gift"], "targets": rows}


def _row(one: Any) -> dict[str, Any]:
    return {
        "id": str(one.pk),
        "name": name_of(one),
        "code": one.code,
        "url": reverse("promotions.show", kwargs={"code": one.code}),
        "kind": str(KINDS[one.kind]),
        "does": promotion_text(one),
        "about": ", ".join(name_of(target.product or target.category) for target in list(one.targets.all())[:3]),
        "audience": audience_text(one),
        "valid_from": one.valid_from,
        "valid_to": one.valid_to,
        "is_exclusive": one.is_exclusive,
        "uses": uses_text(one) if one.needs_code else "",
        "state": "active" if one.status == "active" else "inactive",
    }


@page("price.limit", methods=("GET", "POST"))
def limits(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show and keep how far each role may go on its own."""
    kept = {one.role: one for one in list_limits(by=by)}
    typed = {(role, name): request.POST.get(f"{name}-{role}", "").strip() for role in role_codes() for name in LIMITS}
    refusal = None
    if request.method == "POST":
        given = Given(request.POST)
        found: dict[tuple[str, str], Any] = {}
        for (role, name), text in typed.items():
            found[role, name] = parse_decimal(text) if text else None
            if text and found[role, name] is None:
                given.problems.append(Detail(f"{name}-{role}", "not_a_number", _("Enter a number such as 1234.50.")))
        wanted = [
            LimitInput(role=role, most_discount=found[role, "most_discount"], least_margin=found[role, "least_margin"])
            for role in role_codes()
        ]
        try:
            given.check()
            save_limits(wanted, by=by)
        except Refused as refused:
            refusal = refused
        else:
            leave_message(request, _("The limits were saved."))
            return go(request, reverse("discount_limits.list"))
    roles = dict(zip(role_codes(), role_labels(role_codes(), language="en" if is_english() else "zh"), strict=True))
    places = {f"limits[{at}].{name}": f"{name}-{role}" for at, role in enumerate(role_codes()) for name in LIMITS}
    errors = {places.get(path_, path_): said for path_, said in errors_of(refusal).items()}
    context = {
        "page": frame(request, by, title=_("Discount limits"), active="discount_limits"),
        "roles": [
            {
                "code": role,
                "name": name,
                **{
                    field: typed[role, field]
                    if refusal
                    else shown_number(getattr(kept[role], field) if role in kept else None)
                    for field in LIMITS
                },
            }
            for role, name in roles.items()
        ],
        "refusal": refusal_of_form(refusal, known={d.path: "" for d in refusal.details}) if refusal else None,
        "errors": [{"field": f"f-{field}", "message": said} for field, said in errors.items()],
        "error_of": errors,
    }
    return render(request, "promotions/limits.html", context, status=refusal.status if refusal else 200)


routes = [
    path("promotions/", promotion_list, name="promotions.list"),
    path("promotions/new/", new, name="promotions.new"),
    path("promotions/<str:code>/", show, name="promotions.show"),
    path("promotions/<str:code>/save/", save, name="promotions.save"),
    path("discount-limits/", limits, name="discount_limits.list"),
]
