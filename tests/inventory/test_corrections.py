"""Stock is corrected by scanner: scrapped, missing, found, at a place, of a lot, with a reason."""

from decimal import Decimal

import pytest

from shundan.catalog.actions import UnitInput
from shundan.inventory.actions import LocationInput, LotInput, correct_scanned_stock, receive_stock, save_location
from shundan.inventory.actions.counting import PlaceNeeded
from shundan.inventory.actions.lots import LotsNeeded
from shundan.inventory.actions.post import NotThere, StockInUse
from shundan.inventory.models import StockMove
from shundan.kernel.errors import Malformed, NotPermitted
from shundan.kernel.models import Event
from tests import make

pytestmark = pytest.mark.django_db


def corrected(code: str, what: str = "scrap", reason: str = "damaged", **more: object) -> tuple[str, str, Decimal]:
    done = correct_scanned_stock(
        code,
        warehouse="MAIN",
        what=what,
        reason=reason,
        **({"by": make.actor("warehouse")} | more),  # type: ignore[arg-type]
    )
    return done.kind, done.location, done.quantity


def test_what_is_scanned_is_scrapped_missing_or_found() -> None:
    box = UnitInput(unit="box", numerator=12, barcode="16901234567891")
    goods = make.product("CR-NUT", stock=30, units=(box,))
    assert corrected("CR-NUT") == ("goods", "STOCK", 1)
    assert corrected(box.barcode, "missing", "lost") == ("goods", "STOCK", 12)
    assert corrected("CR-NUT", "found", "found", quantity=Decimal(3)) == ("goods", "STOCK", 3)
    assert make.stock_of(goods)[0] == 20
    moves = StockMove.objects.filter(product=goods).order_by("-id").values_list("kind", "delta", "reason")[:3]
    assert list(moves) == [("adjustment", 3, "found"), ("adjustment", -12, "lost"), ("scrap", -1, "damaged")]
    kinds = Event.objects.filter(subject_kind="product", subject_id=goods.pk).values_list("kind", flat=True)
    assert {"stock.scrapped", "stock.adjusted"} <= set(kinds)
    before = make.everything()
    with make.refused(NotPermitted), make.undone():
        corrected("CR-NUT", by=make.actor("rep"))
    for wrong in ({"what": "eaten"}, {"reason": "whim"}, {"quantity": Decimal(0)}):
        with make.refused(Malformed), make.undone():
            corrected("CR-NUT", **wrong)  # type: ignore[arg-type]
    with make.refused(StockInUse), make.undone():
        make.order(state="confirmed", products=[goods], quantity=20)
        corrected("CR-NUT")
    assert make.everything() == before


def test_the_place_and_the_lot_are_scanned_where_they_matter() -> None:
    save_location("MAIN", LocationInput(code="CR-01"), by=make.boss())
    goods = make.product("CR-VALVE", stock=5)
    there = {"product_id": goods.pk, "warehouse_id": make.main_warehouse().pk, "quantity": Decimal(2)}
    receive_stock(**there, reason="found", location="CR-01", by=make.boss())  # type: ignore[arg-type]
    assert corrected("CR-01") == ("location", "CR-01", 0)
    with make.refused(PlaceNeeded):
        corrected("CR-VALVE")
    with make.refused(NotThere), make.undone():
        corrected("CR-VALVE", location="CR-01", quantity=Decimal(3))
    assert corrected("CR-VALVE", location="CR-01", quantity=Decimal(2)) == ("goods", "CR-01", 2)
    dated = make.product("CR-GLUE", tracking="lot")
    receive_stock(
        product_id=dated.pk,
        warehouse_id=make.main_warehouse().pk,
        quantity=Decimal(4),
        reason="found",
        lots=[LotInput(code="CR-L1", quantity=Decimal(4))],
        by=make.boss(),
    )
    with make.refused(LotsNeeded), make.undone():
        corrected("CR-GLUE")
    assert corrected("CR-L1") == ("goods", "STOCK", 1)
    assert make.stock_of(dated)[0] == 3
