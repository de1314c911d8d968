"""Small drawings that a page repeats hundreds of times: icons, shapes, badges; each is made once and kept."""

from functools import lru_cache

from django.templatetags.static import static
from django.utils.translation import get_language
from markupsafe import Markup

from shundan.ui.badges import badge_of

_ICON = Markup('<svg class="icon{size}" aria-hidden="true"><use href="{href}#{name}"/></svg>')
_SHAPE = Markup('<svg width="16" height="16" aria-hidden="true"><use href="{href}#s-{name}"/></svg>')
_BADGE = Markup('<span class="badge tone-{tone}{big}{plain}">{shape}{label}</span>')


@lru_cache(maxsize=1024)
def icon(name: str, size: str = "") -> Markup:
    """Return one drawing of static/icons.svg, decorative; `size` is a suffix of its class. Names: tools/sprite.py."""
    return _ICON.format(size=f" icon-{size}" if size else "", href=static("icons.svg"), name=name)


@lru_cache(maxsize=256)
def shape(name: str) -> Markup:
    """Return the glyph of a status."""
    return _SHAPE.format(href=static("icons.svg"), name=name)


def badge(axis: str, value: str, big: bool = False, plain: bool = False, label: str | None = None) -> Markup:
    """Return the badge of a status; axes and values are those of badges.py.

    `label` is a name of its own, e.g. of a workflow's state.
    """
    return _badge(axis, value, big, plain, label, get_language())


@lru_cache(maxsize=4096)
def _badge(axis: str, value: str, big: bool, plain: bool, label: str | None, language: str | None) -> Markup:
    look = badge_of(axis, value)
    return _BADGE.format(
        tone=look.tone,
        big=" badge-big" if big else "",
        plain=" badge-plain" if plain else "",
        shape=shape(look.shape),
        label=label or str(look.label),
    )
