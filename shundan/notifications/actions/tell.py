"""Telling people of an event: whoever it names, once each, by the channels they wish."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from procrastinate.contrib.django import app

from shundan.accounts.models import User
from shundan.accounts.queries import people_in_role_unscoped
from shundan.kernel.db import action
from shundan.kernel.models import Event
from shundan.notifications.models import Notice, NoticeDelivery
from shundan.notifications.queries import wishes_of_unscoped
from shundan.notifications.registries import CHANNELS, SUBJECTS, About
from shundan.notifications.rules import ASKING, GATHERED_FOR, IN_APP, KINDS, MOST_PEOPLE, audience_of, kind_of_event

# What the words of notices may need of an event's data.
TOLD = ("amount", "currency", "state", "remark", "why_zh", "why_en")


@action
def tell_of_event(event: Event) -> int:
    """Make notices for those whom an event names under `notify`, and jobs for their channels; return how many are new.

    Nobody is told of their own deed. Told again of the same event, nobody gets a second notice; what is gathered joins
    the notice that is there.
    """
    about = _about(event)
    if about is None:
        return 0
    people = {one.pk: one for one in _people(event, about)}
    known = Notice.objects.filter(event=event).values_list("person_id", flat=True)
    new = [person for pk, person in people.items() if pk not in set(known)]
    kind = kind_of_event(event.kind)
    wishes = wishes_of_unscoped(one.pk for one in new)
    facts = _facts(event, about)
    for person in new:
        channels = [one for one in (IN_APP, *_ready()) if wishes.get((person.pk, kind, one), KINDS[kind].is_on(one))]
        if IN_APP in channels and _gathered(person, event, kind=kind, facts=facts):
            continue
        if channels:
            _tell(person, event, kind=kind, facts=facts, channels=channels)
    return len(new)


@action
def settle_notices(*, subject: tuple[str, int], at: datetime, person_id: int | None = None) -> int:
    """Count what asked for a decision as read when it was taken: for who took it, or for everybody at the end."""
    rows = Notice.objects.filter(subject_kind=subject[0], subject_id=subject[1], read_at=None, kind__in=ASKING)
    if person_id is not None:
        rows = rows.filter(person_id=person_id)
    return rows.filter(created_at__lte=at).update(read_at=at)


def _about(event: Event) -> About | None:
    """Return what an event's subject is: as its room says, else as the event itself says."""
    if event.subject_kind in SUBJECTS:
        return SUBJECTS[event.subject_kind](event.subject_id, event.data)
    title = str(event.data.get("title") or event.data.get("number") or f"#{event.subject_id}")
    return About(title=title, party=str(event.data.get("party", "")))


def _people(event: Event, about: About) -> list[User]:
    wanted = audience_of(event.data.get("notify") or ())
    ids = set(wanted.people)
    for role in wanted.roles:
        ids.update(people_in_role_unscoped(role, department=about.department))
    ids.update(one for place in wanted.places if (one := about.places.get(place)) is not None)
    ids.update(one for place in wanted.places for one in about.groups.get(place, ()))
    ids.discard(event.actor_id or 0)
    return list(User.objects.filter(pk__in=ids, is_active=True).order_by("id")[:MOST_PEOPLE])


def _facts(event: Event, about: About) -> dict[str, Any]:
    data: Mapping[str, Any] = event.data
    told = {name: data[name] for name in TOLD if data.get(name)}
    said = {"title": about.title, "party": about.party, "words_zh": about.words_zh, "words_en": about.words_en}
    return told | {name: value for name, value in said.items() if value} | {"who": event.actor_name}


def _ready() -> list[str]:
    return [name for name, channel in CHANNELS.items() if channel.is_ready()]


def _gathered(person: User, event: Event, *, kind: str, facts: Mapping[str, Any]) -> bool:
    """Let a notice that the person has not read yet say how many more came of the same; tell whether there is one."""
    if not KINDS[kind].is_gathered:
        return False
    rows = Notice.objects.select_for_update().filter(
        person=person,
        kind=kind,
        subject_kind=event.subject_kind,
        subject_id=event.subject_id,
        is_shown=True,
        read_at=None,
        created_at__gte=event.at - GATHERED_FOR,
        **({"facts__party": facts["party"]} if "party" in facts else {"facts__party__isnull": True}),
    )
    notice = rows.order_by("-id").first()
    if notice is None:
        return False
    # By the events' own numbers: told again of one of them, the notice counts it once.
    notice.facts["also"] = sorted({*notice.facts.get("also", ()), event.pk})
    notice.save(update_fields=["facts"])
    return True


def _tell(person: User, event: Event, *, kind: str, facts: dict[str, Any], channels: list[str]) -> None:
    notice = Notice.objects.create(
        person=person,
        event=event,
        kind=kind,
        subject_kind=event.subject_kind,
        subject_id=event.subject_id,
        facts=facts,
        is_shown=IN_APP in channels,
        created_at=event.at,
    )
    for channel in channels:
        if channel != IN_APP:
            delivery = NoticeDelivery.objects.create(notice=notice, channel=channel)
            # The job commits with the notice; its task stands above this file.
            app.configure_task("notifications.deliver_notice").defer(delivery_id=delivery.pk)
