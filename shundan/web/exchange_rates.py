"""What foreign currencies are worth: rates by day, entered, from a file, or asked of a public service."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shundan.billing.queries import exchange_results
from shundan.catalog.actions import (
    RateInput,
    RateServiceInput,
    RatesKept,
    fetch_exchange_rates,
    import_exchange_rates,
    save_exchange_rates,
    save_rate_service,
)
from shundan.catalog.queries import (
    COMPANY_CURRENCY,
    CurrentRate,
    ExchangeRate,
    current_rates,
    get_rate_service,
    list_exchange_rates,
    rate_providers,
)
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.money import decimal_places
from shundan.ui.doors import page
from shundan.web.forms import Given, do_once, errors_of, go, new_key, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.lists import plain_list, state_of
from shundan.web.tax_words import RATE_SOURCE_WORDS

# Older than this, a rate is marked: somebody forgot to enter the next one.
OLD_DAYS = 35


@page("exchange_rate.read")
def rate_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show what currencies are worth today, and all rates by day."""
    return _page(request, by)


@page("exchange_rate.edit", methods=("POST",))
def enter(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Enter a rate by hand."""
    given = Given(request.POST)

    def work() -> str:
        day, per = given.day("valid_from"), given.whole("per")
        rate = given.needed("rate")
        given.check()
        wish = RateInput(
            currency=given.text("currency").upper(),
            valid_from=day or by.today,
            rate=rate,
            per=1 if per is None else per,
        )
        save_exchange_rates([wish], by=by)
        return reverse("exchange_rates.list")

    return _do(request, by, work, typed="enter", saved=_("The rate was saved."))


@page("exchange_rate.edit", methods=("POST",))
def upload(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Take the rates of a CSV file."""
    file = request.FILES.get("file")
    try:
        kept = import_exchange_rates(file.read() if file else b"", by=by)
    except Refused as refusal:
        return _page(request, by, refusal=refusal, typed="file")
    leave_message(request, _said(kept))
    return go(request, reverse("exchange_rates.list"))


@page("exchange_rate.edit", methods=("POST",))
def service(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Say which service is asked for rates, and whether it is."""
    given = Given(request.POST)

    def work() -> str:
        codes = given.text("currencies").upper().replace("，", " ").replace(",", " ").split()
        wish = RateServiceInput(
            provider=given.text("provider"),
            url=given.text("url"),
            currencies=tuple(dict.fromkeys(codes)),
            is_active=given.flag("is_active"),
        )
        given.check()
        save_rate_service(wish, version=given.whole("version") or 0, by=by)
        return reverse("exchange_rates.list")

    return _do(request, by, work, typed="service", saved=_("The rate service was saved."))


@page("exchange_rate.edit", methods=("POST",))
def fetch(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Ask the service now."""
    try:
        kept = fetch_exchange_rates(by=by)
    except Refused as refusal:
        return _page(request, by, refusal=refusal, typed="service")
    leave_message(request, _said(kept))
    return go(request, reverse("exchange_rates.list"))


def _do(request: HttpRequest, by: Actor, work: Any, *, typed: str, saved: str) -> HttpResponse:
    try:
        url = do_once(request, by=by, work=work)
    except Refused as refusal:
        return _page(request, by, refusal=refusal, typed=typed)
    leave_message(request, saved)
    return go(request, url)


def _said(kept: RatesKept) -> str:
    changed = kept.added + kept.changed
    said = ngettext("%(num)s rate was taken", "%(num)s rates were taken", changed) % {"num": changed}
    return _("%(taken)s; %(same)s were known already.") % {"taken": said, "same": kept.same}


def _page(request: HttpRequest, by: Actor, *, refusal: Refused | None = None, typed: str = "") -> HttpResponse:
    state, may_edit = state_of(request), by.may("exchange_rate.edit")
    found = list_exchange_rates(
        by=by, currency=state.text("currency"), cursor=state.cursor, limit=state.size, counted=True
    )
    current = current_rates(by=by)
    shown = plain_list(
        state,
        found,
        [_row(one) for one in found.items],
        url=reverse("exchange_rates.list"),
        placeholder="",
        caption=_("Exchange rates"),
        empty_title=_("No rates yet"),
        empty_text=_("Enter the first one, or take a file of rates."),
        hidden=("currency", "size"),
    )
    errors = {"rates[0].currency": "currency", "rates[0].rate": "rate", "rates[0].valid_from": "valid_from"}
    context = {
        **shown,
        "page": frame(request, by, title=_("Exchange rates"), active="exchange_rates"),
        "company_currency": COMPANY_CURRENCY,
        "current": [_current(one) for one in current],
        "chosen": state.text("currency"),
        "may_edit": may_edit,
        "key": new_key(),
        "typed": typed,
        "refusal": refusal_of_form(refusal) if refusal else None,
        "error_of": {errors.get(place, place): said for place, said in errors_of(refusal).items()},
        "values": request.POST if refusal else {"valid_from": by.today.isoformat(), "per": "1"},
        "service": _service(by) if may_edit else None,
        "results": [
            {"currency": one.currency, "gain": one.gain, "loss": one.loss, "total": one.total}
            for one in (exchange_results(by=by, year=by.today.year) if by.may("payment.read") else ())
        ],
        "year": by.today.year,
    }
    return render(request, "exchange_rates/list.html", context, status=refusal.status if refusal else 200)


def _service(by: Actor) -> dict[str, Any]:
    one, known = get_rate_service(by=by), rate_providers()
    first = next(iter(known.values()), None)
    return {
        "provider": one.provider if one else "",
        "url": one.url if one else first.url if first else "",
        "currencies": ", ".join(one.currencies) if one else "USD, EUR, JPY, HKD",
        "is_active": bool(one and one.is_active),
        "version": one.version if one else 0,
        "asked_at": one.asked_at if one else None,
        "problem": one.problem if one else "",
        "providers": [(code, str(each.label)) for code, each in known.items()],
    }


def _row(one: ExchangeRate) -> dict[str, Any]:
    return {
        "id": str(one.pk),
        "currency": one.currency,
        "valid_from": one.valid_from,
        "rate": _written(one.rate),
        "source": str(RATE_SOURCE_WORDS[one.source]),
        "who": one.entered_by_name,
    }


def _written(rate: Decimal) -> str:
    """Write a rate with four decimals at least, so that they stand below one another."""
    return f"{rate:.{max(4, decimal_places(rate))}f}"


def _current(one: CurrentRate) -> dict[str, Any]:
    return {
        "currency": one.currency,
        "url": f"{reverse('exchange_rates.list')}?currency={one.currency}",
        "rate": _written(one.rate),
        "since": one.valid_from,
        "is_old": one.days > OLD_DAYS,
        "rises": one.before is not None and one.rate > one.before,
        "falls": one.before is not None and one.rate < one.before,
    }


routes = [
    path("exchange-rates/", rate_list, name="exchange_rates.list"),
    path("exchange-rates/enter/", enter, name="exchange_rates.enter"),
    path("exchange-rates/file/", upload, name="exchange_rates.file"),
    path("exchange-rates/service/", service, name="exchange_rates.service"),
    path("exchange-rates/fetch/", fetch, name="exchange_rates.fetch"),
]
