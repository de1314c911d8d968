"""The Jinja2 environment of all pages: its globals, filters and translations."""

from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone, translation
from jinja2 import Environment

from shundan.ui import drawings, formatting
from shundan.ui.badges import badge_of
from shundan.ui.sparkline import bars, sparkline


def build_environment(**options: Any) -> Environment:  # Any: whatever Django's backend hands over
    """Return the environment Django's Jinja2 backend renders with."""
    options.setdefault("trim_blocks", True)
    options.setdefault("lstrip_blocks", True)
    options.pop("autoescape", None)
    environment = Environment(autoescape=True, extensions=["jinja2.ext.i18n", "jinja2.ext.do"], **options)
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        translation.gettext, translation.ngettext, newstyle=True, pgettext=translation.pgettext
    )
    environment.globals.update(
        url=url,
        static=_static,
        badge_of=badge_of,
        badge_html=drawings.badge,
        icon_html=drawings.icon,
        shape_html=drawings.shape,
        sparkline=sparkline,
        bars=bars,
        language=translation.get_language,
        money=formatting.money,
    )
    environment.filters.update(
        money=formatting.money,
        amount=formatting.amount,
        qty=formatting.qty,
        percent=formatting.percent,
        day=_day,
        moment=_moment,
        ago=_ago,
        dash=formatting.dash,
        share=share,
    )
    return environment


@cache
def _static(path: str) -> str:
    """Return the address of a static file; it changes only with a release, and a list page asks for it 250 times."""
    return static(path)


def url(name: str, **arguments: object) -> str:
    """Return the path of a named route."""
    return reverse(name, kwargs=arguments or None)


def share(part: formatting.Figure | None, whole: formatting.Figure | None) -> str:
    """Return part of whole as an SVG width, held between 0% and 100%."""
    if not whole or not Decimal(whole):
        return "0%"
    ratio = min(max(Decimal(part or 0) / Decimal(whole), Decimal(0)), Decimal(1))
    return f"{ratio * 100:.1f}%"


def _day(value: date | None) -> str:
    return formatting.day(value, timezone.get_current_timezone())


def _moment(value: datetime | None) -> str:
    return formatting.moment(value, timezone.get_current_timezone())


def _ago(value: datetime | None) -> str:
    return formatting.ago(value, now=timezone.now(), zone=timezone.get_current_timezone())
