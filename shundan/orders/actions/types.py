"""Keeping order types: added, published in versions, retired and revived; orders keep the version they began with."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, Refused, VersionConflict, require
from shundan.kernel.events import record
from shundan.orders.kinds import KINDS
from shundan.orders.models import OrderType, OrderTypeVersion
from shundan.orders.queries import (
    current_version_of,
    details_of,
    faults_of_type,
    get_order_type,
    named,
)
from shundan.orders.rules.type_checks import TYPE_CODE, normalised
from shundan.orders.rules.type_diff import diff_types
from shundan.orders.rules.types import Attribute, Fault, TypeDefinition, as_content


class OnlyTypeOfItsKind(Refused):
    """Orders of a kind must stay possible as long as anybody may enter them."""

    code = "last_type_of_kind"
    sentence = _("“%(name)s” is the only active type of its kind. Add or revive another one before you retire it.")


@action
def create_order_type(code: str, *, kind: str, definition: TypeDefinition, party: str = "", by: Actor) -> OrderType:
    """Add a type of a kind with its first version. Raises: NotPermitted, Malformed (each fault with its place)."""
    require(by, "order_type.manage")
    _lock()
    faults = list(_faults_of_identity(code, kind, party))
    if kind in KINDS:
        faults += faults_of_type(definition, kind=kind, party=party or _party(kind))
    if faults:
        raise Malformed(details=details_of(faults))
    made = OrderType.objects.create(code=code, kind=kind, party=party or _party(kind), version=1, **_looks(definition))
    _publish(made, normalised(definition), by=by)
    record("order_type.created", subject=made.subject, by=by, data={"code": code, "kind": kind})
    return made


@action
def publish_order_type(code: str, definition: TypeDefinition, *, version: int, by: Actor) -> OrderType:
    """Publish the next version of a type; unchanged content makes none. Orders on their way keep theirs.

    Raises: NotPermitted, NotFound, Malformed; VersionConflict if somebody published after `version`. Then the version
    in force stays.
    """
    require(by, "order_type.manage")
    _lock()
    order_type = get_order_type(code, by=by)
    current = current_version_of(order_type)
    if version != order_type.version:
        raise VersionConflict(details=list(_differences(definition, current)))
    faults = faults_of_type(definition, kind=order_type.kind, party=order_type.party, of=order_type)
    if faults:
        raise Malformed(details=details_of(faults))
    wanted = normalised(definition)
    if wanted == current:
        return order_type
    order_type.version += 1
    for name, value in _looks(wanted).items():
        setattr(order_type, name, value)
    order_type.save()
    _publish(order_type, wanted, by=by)
    changes = [one.attribute.code if one.attribute else one.field for one in diff_types(current, wanted)]
    data = {"code": code, "version": order_type.version, "changed": list(dict.fromkeys(changes))}
    record("order_type.published", subject=order_type.subject, by=by, data=data)
    return order_type


@action
def retire_order_type(code: str, *, by: Actor) -> OrderType:
    """Let no new orders begin with a type; its orders go on. Raises: NotPermitted, NotFound, OnlyTypeOfItsKind."""
    require(by, "order_type.manage")
    _lock()
    order_type = get_order_type(code, by=by)
    if not order_type.is_active:
        return order_type
    others = OrderType.objects.filter(kind=order_type.kind, party=order_type.party, is_active=True)
    if not others.exclude(pk=order_type.pk).exists():
        raise OnlyTypeOfItsKind(name=named(order_type))
    return _switch(order_type, is_active=False, event="order_type.retired", by=by)


@action
def revive_order_type(code: str, *, by: Actor) -> OrderType:
    """Let new orders begin with a retired type again. Raises: NotPermitted, NotFound."""
    require(by, "order_type.manage")
    order_type = get_order_type(code, by=by)
    if order_type.is_active:
        return order_type
    return _switch(order_type, is_active=True, event="order_type.revived", by=by)


@action
def save_order_type(
    *,
    code: str,
    kind: str,
    name_zh: str,
    name_en: str,
    by: Actor,
    prefix: str | None = None,
    party: str | None = None,
    workflow: str | None = None,
    attributes: tuple[Attribute, ...] = (),
) -> OrderType:
    """Add a shipped type with its kind's defaults, unless there is one with this code.

    One that nobody has changed since it was shipped without these attributes gets them in a new version.
    """
    facts = KINDS[kind]
    definition = TypeDefinition(
        name_zh=name_zh,
        name_en=name_en,
        number=f"{prefix or facts.prefix}-{{yyyy}}-{{seq:6}}",
        workflow=workflow or facts.workflow,
        invoices_on=facts.invoices_on,
        attributes=attributes,
    )
    known = OrderType.objects.filter(code=code).first()
    if known is not None:
        is_as_shipped = known.version == 1 and current_version_of(known) == replace(definition, attributes=())
        if attributes and is_as_shipped and not faults_of_type(definition, kind=kind, party=known.party, of=known):
            known.version = 2
            known.save(update_fields=["version"])
            _publish(known, definition, by=by)
        return known
    made = OrderType.objects.create(code=code, kind=kind, party=party or _party(kind), version=1, **_looks(definition))
    _publish(made, definition, by=by)
    return made


def _lock() -> None:
    # Two who publish at once would not see each other's patterns and codes.
    with connection.cursor() as cursor:
        cursor.execute("lock table orders_ordertype in share row exclusive mode")


def _party(kind: str) -> str:
    parties = KINDS[kind].parties
    return parties[0] if parties else "none"


def _looks(definition: TypeDefinition) -> dict[str, str]:
    names = ("name_zh", "name_en", "workflow", "colour", "icon")
    return {name: getattr(definition, name).strip() for name in names}


def _publish(order_type: OrderType, definition: TypeDefinition, *, by: Actor) -> None:
    OrderTypeVersion.objects.create(
        type=order_type,
        version=order_type.version,
        content=as_content(definition),
        published_by_name=by.name,
        published_at=by.at,
    )


def _switch(order_type: OrderType, *, is_active: bool, event: str, by: Actor) -> OrderType:
    order_type.is_active = is_active
    order_type.save(update_fields=["is_active"])
    record(event, subject=order_type.subject, by=by, data={"code": order_type.code})
    return order_type


def _faults_of_identity(code: str, kind: str, party: str) -> Iterable[Fault]:
    if not TYPE_CODE.match(code):
        yield Fault("code", "bad_code", {"most": 30})
    elif OrderType.objects.filter(code=code).exists():
        yield Fault("code", "code_taken", {"code": code})
    if kind not in KINDS:
        yield Fault("kind", "not_offered", {"value": kind[:60], "known": ", ".join(KINDS)})
    elif party and party not in (KINDS[kind].parties or ("none",)):
        known = ", ".join(KINDS[kind].parties or ("none",))
        yield Fault("party", "not_offered", {"value": party[:60], "known": known})


def _differences(yours: TypeDefinition, theirs: TypeDefinition) -> Iterable[Detail]:
    for one in diff_types(yours, theirs):
        path = f"attributes.{one.attribute.code}" if one.attribute else one.field
        both = {"yours": _shown(one.before), "theirs": _shown(one.after)}
        yield Detail(path, "changed", _("Both values are given; choose one."), **both)


def _shown(value: Any) -> str:
    if hasattr(value, "__dataclass_fields__"):
        return ", ".join(f"{name}: {part}" for name, part in asdict(value).items() if part)
    return ", ".join(map(str, value)) if isinstance(value, tuple) else "" if value is None else str(value)
