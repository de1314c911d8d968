"""Messages: what the reader was told, one link that opens exactly its item, and which come how."""

from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound
from shundan.notifications.actions import LINK_SALT, read_notice, read_notices, set_notice_choices
from shundan.notifications.queries import CHANNELS, IN_APP, KIND_LABELS, Choice, Notice, choices_of, list_notices
from shundan.notifications.queries import words_of as words_of_notice
from shundan.ui.doors import SIGNED_IN, page
from shundan.web.forms import go
from shundan.web.frame import frame, leave_message
from shundan.web.subjects import page_of_subject
from shundan.web.words import Word

PAGE_SIZE = 30
LINK_DAYS = 30
ICONS = {
    "approval_asked": "clipboard-check",
    "approval_nudged": "clock",
    "approval_ended": "check",
    "approval_handed_on": "arrow-right",
    "approval_copied": "copy",
    "approval_commented": "message",
    "stock_alerted": "alert-triangle",
}
IN_THE_HOUSE: Word = gettext_lazy("In Shundan")


@page(SIGNED_IN)
def notice_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the reader's messages, newest first, all or the unread ones."""
    unread = request.GET.get("show") == "unread"
    found = list_notices(by=by, unread=unread, cursor=request.GET.get("cursor") or None, limit=PAGE_SIZE)
    path = reverse("notices.list")
    base = f"{path}?show=unread&" if unread else f"{path}?"
    context = {
        "page": frame(request, by, title=_("Messages")),
        "tabs": [
            {"label": _("All"), "url": path, "active": not unread, "count": None},
            {"label": _("Unread"), "url": f"{path}?show=unread", "active": unread, "count": None},
        ],
        "unread": unread,
        "notices": [_row(one) for one in found.items],
        "next_url": f"{base}cursor={found.next}" if found.next else None,
        "previous_url": f"{base}cursor={found.previous}" if found.previous else None,
        "wishes": _wishes(by),
        "channels": [str(label) for _name, label in _channels()],
        "sends_mail": bool(settings.EMAIL_HOST),
    }
    return render(request, "notices/list.html", context)


@page(SIGNED_IN, methods=("POST",))
def read_all(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Count every message as read."""
    read_notices(by=by)
    leave_message(request, _("All messages are read."))
    return go(request, reverse("notices.list"))


@page(SIGNED_IN, methods=("POST",))
def choose(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Keep which messages come how."""
    ticked = set(request.POST.getlist("on"))
    wanted = [Choice(one.kind, one.channel, f"{one.kind}:{one.channel}" in ticked) for one in choices_of(by=by)]
    set_notice_choices(wanted, by=by)
    leave_message(request, _("Preferences saved."))
    return go(request, reverse("notices.list"))


@page(SIGNED_IN)
def open_one(request: HttpRequest, notice_id: int, *, by: Actor) -> HttpResponse:
    """Go to what a message is about; it counts as read. Raises: NotFound."""
    return go(request, _place_of(read_notice(notice_id, by=by), by))


@page(SIGNED_IN)
def follow(request: HttpRequest, token: str, *, by: Actor) -> HttpResponse:
    """Open exactly what a mail was about, after signing in, for its reader alone. Raises: NotFound."""
    try:
        notice_id = int(signing.loads(token, salt=LINK_SALT, max_age=LINK_DAYS * 86_400))
    except (signing.BadSignature, ValueError, TypeError) as wrong:
        raise NotFound(what="notice", key=_("behind this link (it is older than a month, or damaged)")) from wrong
    return go(request, _place_of(read_notice(notice_id, by=by), by))


def _place_of(notice: Notice, by: Actor) -> str:
    """Return the page of what a message is about; what is gone or out of reach leads to the messages."""
    return page_of_subject((notice.subject_kind, notice.subject_id), by=by) or reverse("notices.list")


def _row(notice: Notice) -> dict[str, Any]:
    words = words_of_notice(notice)
    return {
        "url": reverse("notices.show", kwargs={"notice_id": notice.pk}),
        "icon": ICONS.get(notice.kind, "info-circle"),
        "sentence": words.sentence,
        "detail": words.detail,
        "at": notice.created_at,
        "is_new": notice.read_at is None,
    }


def _channels() -> list[tuple[str, Word]]:
    return [(IN_APP, IN_THE_HOUSE), *((name, channel.label) for name, channel in CHANNELS.items())]


def _wishes(by: Actor) -> list[dict[str, Any]]:
    """Return a row for each kind of message with a box for each channel."""
    labels = dict(_channels())
    rows: dict[str, dict[str, Any]] = {}
    for one in choices_of(by=by):
        row = rows.setdefault(one.kind, {"label": str(KIND_LABELS[one.kind]), "boxes": []})
        name = f"{row['label']}: {labels[one.channel]}"
        row["boxes"].append({"value": f"{one.kind}:{one.channel}", "is_on": one.is_on, "name": name})
    return list(rows.values())


routes = [
    path("notices/", notice_list, name="notices.list"),
    path("notices/read/", read_all, name="notices.read_all"),
    path("notices/choices/", choose, name="notices.choose"),
    path("notices/open/<str:token>/", follow, name="notices.follow"),
    path("notices/<int:notice_id>/", open_one, name="notices.show"),
]
