"""Codes of promotions: made, taken out of use, and counted, each use exactly once (docs/adr/0068)."""

import secrets

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, Refused, require
from shundan.kernel.events import record
from shundan.pricing.models import Coupon, CouponTally, Promotion
from shundan.pricing.queries.coupons import GivenCoupon
from shundan.pricing.rules import STATUSES
from shundan.pricing.rules.coupons import CODE, MOST_AT_ONCE, drawn_code, typed_code


class NeedsNoCode(Refused):
    """A promotion that holds without a code has no coupons."""

    code = "promotion_needs_no_code"
    sentence = _("%(promotion)s holds without a code. Let it need one first.")


@action
def add_coupon(promotion: str, code: str, *, by: Actor) -> Coupon:
    """Make a code that many share. Raises: NotPermitted, NotFound, NeedsNoCode, Malformed."""
    found = _promotion_with_codes(promotion, by)
    wanted = typed_code(code)
    if not CODE.match(wanted):
        sentence = _("Enter a code of 3 to 40 letters, digits, dots, dashes and underscores.")
        raise Malformed(details=[Detail("code", "invalid", sentence)])
    is_taken = Coupon.objects.filter(code=wanted).exists()
    Coupon.objects.bulk_create([Coupon(promotion=found, code=wanted, made_at=by.at)], ignore_conflicts=True)
    made = Coupon.objects.get(code=wanted)
    if is_taken or made.promotion_id != found.pk:
        raise Malformed(details=[Detail("code", "taken", _("This code is taken. Choose another one."))])
    _tell("coupon.created", found, by, coupon=made.code)
    return made


@action
def draw_coupons(promotion: str, count: int, *, by: Actor) -> list[Coupon]:
    """Make codes that count once each and that nobody can guess.

    Raises: NotPermitted, NotFound, NeedsNoCode, Malformed.
    """
    found = _promotion_with_codes(promotion, by)
    if not 1 <= count <= MOST_AT_ONCE:
        raise Malformed(details=[Detail("count", "out_of_range", _("Enter a whole number from 1 to 5,000."))])
    drawn: set[str] = set()
    while len(drawn) < count:
        drawn.add(drawn_code(secrets.choice))
        if len(drawn) == count:
            drawn -= set(Coupon.objects.filter(code__in=drawn).values_list("code", flat=True))
    made = Coupon.objects.bulk_create(
        Coupon(promotion=found, code=code, most_uses=1, made_at=by.at) for code in sorted(drawn)
    )
    _tell("coupon.drawn", found, by, count=count)
    return made


@action
def set_coupon_status(code: str, status: str, *, by: Actor) -> Coupon:
    """Take a code out of use, or into it again; orders that used it keep it.

    Raises: NotPermitted, NotFound, Malformed.
    """
    require(by, "price.edit")
    if status not in STATUSES:
        raise Malformed(details=[Detail("status", "unknown", _("Choose one of the offered values."))])
    known = typed_code(code).replace("\x00", "")[:60]
    found = Coupon.objects.select_for_update(of=("self",)).select_related("promotion").filter(code=known).first()
    if found is None:
        raise NotFound(what="coupon", key=known)
    if found.status != status:
        found.status = status
        found.save(update_fields=["status"])
        kind = "coupon.retired" if status == "retired" else "coupon.restored"
        _tell(kind, found.promotion, by, coupon=found.code)
    return found


@action
def note_coupons_exported(promotion: Promotion, *, form: str, by: Actor) -> None:
    """Keep on record that the codes of a promotion left as a file: who has a code can use it."""
    require(by, "price.edit")
    _tell("coupon.exported", promotion, by, form=form)


@action
def lock_coupon(code: str) -> None:
    """Let nobody else use a code's promotion until the transaction ends; before credit and stock are locked."""
    found = Coupon.objects.select_for_update().filter(code=code).first()
    if found is not None:
        list(_tally(found.promotion_id, None).select_for_update())


@action
def claim_coupon(given: GivenCoupon, *, customer_id: int) -> None:
    """Count one use of a locked coupon that was found to hold; the database refuses one too many."""
    promotion = Promotion.objects.get(pk=given.promotion_id)
    Coupon.objects.filter(pk=given.id).update(uses=F("uses") + 1)
    for who, most in ((None, promotion.most_uses), (customer_id, promotion.most_uses_each)):
        CouponTally.objects.bulk_create([CouponTally(promotion=promotion, customer_id=who)], ignore_conflicts=True)
        _tally(promotion.pk, who).update(uses=F("uses") + 1, most=most)


@action
def give_back_coupon(coupon: Coupon, *, customer_id: int) -> None:
    """Take back one use of a locked coupon."""
    Coupon.objects.filter(pk=coupon.pk).update(uses=F("uses") - 1)
    for who in (None, customer_id):
        _tally(coupon.promotion_id, who).update(uses=F("uses") - 1)


def _tally(promotion_id: int, customer_id: int | None) -> QuerySet[CouponTally]:
    rows = CouponTally.objects.filter(promotion=promotion_id)
    return rows.filter(customer__isnull=True) if customer_id is None else rows.filter(customer=customer_id)


def _promotion_with_codes(code: str, by: Actor) -> Promotion:
    require(by, "price.edit")
    known = code.replace("\x00", "")[:100]
    found = Promotion.objects.select_for_update().filter(code=known).first()
    if found is None:
        raise NotFound(what="promotion", key=known)
    if not found.needs_code:
        raise NeedsNoCode(promotion=found.code)
    return found


def _tell(kind: str, promotion: Promotion, by: Actor, **facts: object) -> None:
    record(kind, subject=("promotion", promotion.pk), by=by, data={"code": promotion.code, **facts})
