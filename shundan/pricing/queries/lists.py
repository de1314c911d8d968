"""Finding price lists and promotions."""

from collections.abc import Iterable

from django.db.models import Count, Prefetch, Q

from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, require
from shundan.kernel.listing import Page, page_of
from shundan.kernel.models import Event
from shundan.kernel.timeline import events_of_unscoped
from shundan.parties.queries import Customer
from shundan.pricing.models import PriceItem, PriceList, Promotion, PromotionTarget


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
    """Return one page of promotions, newest first. Raises: NotPermitted, Malformed."""
    require(by, "price.read")
    rows = _narrowed(Promotion.objects.select_related("gift").prefetch_related(_targets()), search, status)
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
    """Return a promotion with what it is about. Raises: NotPermitted, NotFound."""
    require(by, "price.read")
    rows = Promotion.objects.select_related("gift").prefetch_related(_targets())
    found = rows.filter(code=code.replace("\x00", "")).first()
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


def _targets() -> "Prefetch[str]":
    return Prefetch("targets", queryset=PromotionTarget.objects.select_related("product", "category").order_by("id"))
