"""The Jinja2 environment of all pages: its globals, filters and translations."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from django.http import HttpRequest
from django.template.backends.utils import csrf_input
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject
from jinja2 import Environment
from markupsafe import Markup

from shundan.kernel.naming import listed
from shundan.ui import drawings, formatting
from shundan.ui.badges import badge_of
from shundan.ui.sparkline import bars, sparkline

_NAMES_OF_DICT = frozenset(dir(dict))


class Pages(Environment):
    """Jinja's environment; what pages ask of mappings by the hundred, it does not first look for among attributes."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return an attribute or item, as Jinja does."""
        if obj.__class__ is dict and attribute not in _NAMES_OF_DICT:
            return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)


def build_environment(**options: Any) -> Environment:  # Any: whatever Django's backend hands over
    """Return the environment Django's Jinja2 backend renders with."""
    options.setdefault("trim_blocks", True)
    options.setdefault("lstrip_blocks", True)
    options.pop("autoescape", None)
    environment = Pages(autoescape=True, extensions=["jinja2.ext.i18n", "jinja2.ext.do"], **options)
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        translation.gettext, translation.ngettext, newstyle=True, pgettext=translation.pgettext
    )
    # Jinja's own looks up its whole context anew for each sentence within a loop.
    environment.globals.update(gettext=said, _=said)
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
        symbol=formatting.symbol,
        decimals=formatting.decimals,
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
        listed=listed,
        share=share,
    )
    return environment


def one_proof(request: HttpRequest) -> dict[str, object]:
    """Return the proof of origin that all forms of a page carry: Django would disguise it anew for each of them."""
    return {"csrf_input": SimpleLazyObject(lambda: csrf_input(request))}


@cache
def _static(path: str) -> str:
    """Return the address of a static file; it changes only with a release, and a list page asks for it 250 times."""
    return static(path)


def url(name: str, **arguments: object) -> str:
    """Return the path of a named route."""
    return reverse(name, kwargs=arguments or None)


def said(message: str, **variables: object) -> Markup:
    """Return a sentence in the reader's language with its variables, which are escaped."""
    language = translation.get_language()
    return _translated(message, language) % variables if variables else _plain(message, language)


@lru_cache(maxsize=8192)
def _translated(message: str, language: str | None) -> Markup:
    with translation.override(language):
        return Markup(translation.gettext(message))  # noqa: S704 - texts of our own


@lru_cache(maxsize=8192)
def _plain(message: str, language: str | None) -> Markup:
    return _translated(message, language) % {}


def share(part: formatting.Figure | None, whole: formatting.Figure | None) -> str:
    """Return part of whole as an SVG width, held between 0% and 100%."""
    if not whole or not Decimal(whole):
        return "0%"
    ratio = min(max(Decimal(part or 0) / Decimal(whole), Decimal(0)), Decimal(1))
    return f"{ratio * 100:.1f}%"


def _day(value: date | None) -> str:
    return formatting.day(value, timezone.get_current_timezone() if isinstance(value, datetime) else UTC)


def _moment(value: datetime | None) -> str:
    return formatting.moment(value, timezone.get_current_timezone())


def _ago(value: datetime | None) -> str:
    return formatting.ago(value, now=timezone.now(), zone=timezone.get_current_timezone())
