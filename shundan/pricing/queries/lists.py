"""Finding price lists and promotions."""

from collections.abc import Iterable

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, require
from shundan.kernel.listing import Page, page_of
from shundan.kernel.models import Event
from shundan.kernel.timeline import events_of_unscoped
from shundan.parties.queries import Customer
from shundan.pricing.models import CouponTally, PriceItem, PriceList, Promotion, PromotionTarget


def list_price_lists(
    *, by: Actor, search: str = "", status: str = "", cursor: str | None = None, limit: int = 50, counted: bool = False
) -> Page[PriceList]:
    """Return one page of price lists with `item_count`, newest first. Raises: NotPermitted, Malformed."""
    require(by, "price.read")
    rows = _narrowed(PriceList.objects.annotate(item_count=Count("items")), search, status)
    return page_of(rows, cursor=cursor, limit=limit, sort="-id", allowed=(), counted=counted)


def list_promotions(
    *, by: Actor, search: str = "", status: str = "", cursor: str | None = None, limit: int = 50, counted: bool = False
) -> Page[Promotion]:
    """Return one page of promotions with their `uses` by codes, newest first. Raises: NotPermitted, Malformed."""
    require(by, "price.read")
    rows = _narrowed(_promotions(), search, status)
    return page_of(rows, cursor=cursor, limit=limit, sort="-id", allowed=(), counted=counted)


def get_price_list(code: str, *, by: Actor) -> PriceList:
    """Return a price list with its items. Raises: NotPermitted, NotFound."""
    require(by, "price.read")
    items = PriceItem.objects.select_related("product__unit", "category", "unit")
    items = items.order_by("category_id", "product__sku", "unit_id", "min_quantity", "valid_from", "id")
    rows = PriceList.objects.prefetch_related(Prefetch("items", queryset=items))
    found = rows.filter(code=code.replace("\x00", "")).first()
    if found is None:
        raise NotFound(what="price list", key=code[:100])
    return found


def get_promotion(code: str, *, by: Actor) -> Promotion:
    """Return a promotion with what it is about and its `uses` by codes. Raises: NotPermitted, NotFound."""
    require(by, "price.read")
    found = _promotions().filter(code=code.replace("\x00", "")).first()
    if found is None:
        raise NotFound(what="promotion", key=code[:100])
    return found


def lists_of_customer(customer: Customer, *, by: Actor) -> list[PriceList]:
    """Return the price lists that name a customer by number, tag or class; none for who may not read prices."""
    if not by.may("price.read"):
        return []
    named = Q(numbers__contains=[customer.number]) | Q(classes__contains=[customer.kind])
    if customer.tags:
        named |= Q(tags__overlap=customer.tags)
    return list(PriceList.objects.filter(named, status="active").order_by("rank", "code"))


def names_of_offers(codes: Iterable[str]) -> dict[str, PriceList | Promotion]:
    """Return price lists and promotions by code, for saying what steps name; where both have a code, the list."""
    wanted = set(codes) - {""}
    if not wanted:
        return {}
    promotions = {one.code: one for one in Promotion.objects.filter(code__in=wanted)}
    return promotions | {one.code: one for one in PriceList.objects.filter(code__in=wanted)}


def timeline_of_offer(one: PriceList | Promotion) -> list[Event]:
    """Return what happened to a price list or promotion, newest first."""
    return events_of_unscoped([("price_list" if isinstance(one, PriceList) else "promotion", one.pk)])


def _narrowed(rows, search: str, status: str):  # type: ignore[no-untyped-def] # one of two tables
    words = search.strip().replace("\x00", "")
    if words:
        rows = rows.filter(Q(code__icontains=words) | Q(name_zh__icontains=words) | Q(name_en__icontains=words))
    return rows.filter(status=status) if status else rows


def _promotions() -> QuerySet[Promotion]:
    in_all = CouponTally.objects.filter(promotion=OuterRef("pk"), customer__isnull=True).values("uses")
    rows = Promotion.objects.select_related("gift").prefetch_related(_targets())
    return rows.annotate(uses=Coalesce(Subquery(in_all), 0))


def _targets() -> "Prefetch[str]":
    return Prefetch("targets", queryset=PromotionTarget.objects.select_related("product", "category").order_by("id"))
